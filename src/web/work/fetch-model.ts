/** A model's files from wherever a page has them. */
import { HourglassError } from '../../errors.ts';
import type { Sha256 } from '../../hash.ts';
import {
  contentOf,
  contentOfOne,
  MODEL_FILES,
  MODEL_FOLDER,
  type ModelContent,
} from '../../model/content.ts';
import { fetchAddress } from '../address.ts';

/** The same as a page gives it, with a whole address. */
export type PostedSource =
  | URLText
  | Blob
  | ArrayBuffer
  | Uint8Array
  | readonly File[]
  | ReadonlyMap<string, Uint8Array>;

/** An address: a `URL` cannot be posted. */
interface URLText {
  readonly address: string;
}

/** @throws HourglassError of kind 'run' if there is no model; 'data' if it cannot be loaded or hourglass did not write it. */
export async function fetchModel(given: PostedSource, sha256: Sha256): Promise<ModelContent> {
  const model = await read(given);
  return 'file' in model
    ? contentOfOne(model.source, model.file, model.source)
    : contentOf(model.source, model.files, sha256);
}

/** The files of a folder by their names, or one ONNX file. */
type Read = { source: string; files: ReadonlyMap<string, Uint8Array> } | { source: string; file: Uint8Array };

async function read(source: PostedSource): Promise<Read> {
  if (source instanceof Map) return { source: 'model', files: modelFilesOf(source) };
  if (Array.isArray(source)) return ofFiles(source as readonly File[]);
  if (source instanceof Blob) return { source: nameOf(source), file: await bytesOf(source, nameOf(source)) };
  if (source instanceof Uint8Array) return { source: 'model', file: source };
  if (source instanceof ArrayBuffer) return { source: 'model', file: new Uint8Array(source) };
  const address = new URL((source as URLText).address);
  return address.pathname.endsWith('.onnx') ? ofOneAddress(address) : ofFolder(address);
}

/** A model's files, which those of a run have in a folder. */
function modelFilesOf(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  if (MODEL_FILES.some((name) => files.has(name))) return files;
  const prefix = `${MODEL_FOLDER}/`;
  const below = [...files].filter(([name]) => name.startsWith(prefix));
  return new Map(below.map(([name, bytes]) => [name.slice(prefix.length), bytes]));
}

/** @throws HourglassError of kind 'data' if it ends too early, or the file is no longer there. */
async function bytesOf(source: { arrayBuffer(): Promise<ArrayBuffer> }, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (cause) {
    const rule = `cannot be read (${(cause as Error).message})`;
    throw new HourglassError('data', { subject: name, rule }, { cause });
  }
}

const nameOf = (file: Blob): string => ('name' in file ? (file as File).name : 'model');

async function ofFiles(given: readonly File[]): Promise<Read> {
  const known = given.filter(({ name }) => MODEL_FILES.includes(name));
  const [only] = given;
  if (known.length === 0 && only !== undefined && given.length === 1) {
    return { source: only.name, file: await bytesOf(only, only.name) };
  }
  const files = await Promise.all(
    known.map(async (file) => [file.name, await bytesOf(file, file.name)] as const),
  );
  return { source: 'model', files: new Map(files) };
}

async function ofOneAddress(address: URL): Promise<Read> {
  const bytes = await fetched(address);
  if (bytes === null) {
    throw new HourglassError('run', { subject: address.href, rule: 'there is no such file' });
  }
  return { source: address.href, file: bytes };
}

/** A model's folder, or that of a run, which has the model's in it. */
async function ofFolder(address: URL): Promise<Read> {
  const given = new URL(address.href.replace(/\/?$/, '/'));
  for (const folder of [given, new URL(`${MODEL_FOLDER}/`, given)]) {
    const found = await Promise.all(
      MODEL_FILES.map(async (name) => [name, await fetched(new URL(name, folder))] as const),
    );
    const files = new Map(found.filter((entry): entry is [string, Uint8Array] => entry[1] !== null));
    if (files.size > 0) return { source: folder.href, files };
  }
  throw new HourglassError('run', {
    subject: given.href,
    rule: `must be a model's folder, or that of a run: it has none of ${MODEL_FILES.join(', ')}`,
  });
}

/** Null if it is not there. Servers of one-page applications answer with their page instead. */
async function fetched(address: URL): Promise<Uint8Array | null> {
  let response: Response;
  try {
    response = await fetchAddress(address);
  } catch (cause) {
    throw new HourglassError(
      'data',
      {
        subject: address.href,
        rule: `cannot be loaded (${(cause as Error).message})`,
        ...(address.protocol === 'file:'
          ? {}
          : { hint: 'its server must be reachable, and allow this page (CORS)' }),
      },
      { cause },
    );
  }
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.status === 404 || response.status === 403 || (response.ok && isPage)) return null;
  if (!response.ok) {
    throw new HourglassError('data', {
      subject: address.href,
      rule: `cannot be loaded (status ${response.status})`,
    });
  }
  return bytesOf(response, address.href);
}
