/** What a request brings for a verb: images or codes from any of the media types, and options. */
import type { z } from 'zod';
import type { ModelInfo } from '../../runs/index.ts';
import { Problem, quoted } from '../problem.ts';
import type { Limits } from '../settings.ts';
import { type Budget, readBody } from './body.ts';
import { type ConversionOptions, decodedPictures, PICTURE_TYPES } from './images.ts';
import { checked, parseJson } from './json.ts';
import { type RowShape, rowsOf, tensorSchema } from './tensor.ts';

export type InputKind = 'images' | 'codes';

export interface Input {
  kind: InputKind;
  /** Rows one after the other: images in [0, 1], or codes. */
  rows: Float32Array;
  count: number;
}

export interface Intake {
  /** What the verb takes; none of a verb that makes its own. */
  kinds: readonly InputKind[];
  /** Its options, a strict object. */
  options: z.ZodObject;
  info: ModelInfo;
  limits: Limits;
  budget: Budget;
}

/** @throws Problem for anything that is not as it must be. */
export async function takeIn(
  request: Request,
  { kinds, options, info, limits, budget }: Intake,
): Promise<{ input: Input | null; options: Record<string, unknown>; notes: string[] }> {
  const given = queryOptions(new URL(request.url).searchParams);
  if (request.method === 'GET' || request.method === 'HEAD') {
    return { input: null, options: checked(options, given), notes: [] };
  }
  const declared = request.headers.get('content-type') ?? '';
  const type = declared.split(';')[0]!.trim().toLowerCase();
  const pictures = (PICTURE_TYPES as readonly string[]).includes(type);
  const files = kinds.includes('images') && (pictures || type === 'multipart/form-data');
  const empty = type === '' && kinds.length === 0;
  if (!(type === 'application/json' || files || empty)) throw unsupported(kinds);
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new Problem(415, 'Bodies must not be compressed.', { 'accept-encoding': 'identity' });
  }
  const { bytes, release } = await readBody(request, limits, budget);
  try {
    if (!files) return fromJson(bytes, given, { kinds, options, info, limits, budget });
    const form = pictures ? { files: [bytes], fields: {} } : await parts(bytes, declared, limits.images);
    if (form.files.length === 0) throw new Problem(422, 'The form must hold at least one picture.');
    const chosen = checked(options, { ...given, ...form.fields });
    const how = chosen as unknown as ConversionOptions;
    const { rows, notes } = await decodedPictures(form.files, info.preprocessing, how, limits.imagePixels);
    return { input: { kind: 'images', rows, count: form.files.length }, options: chosen, notes };
  } finally {
    release();
  }
}

function fromJson(bytes: Uint8Array, given: Record<string, unknown>, intake: Intake) {
  const { kinds, options, info, limits } = intake;
  const value = bytes.length === 0 && kinds.length === 0 ? {} : parseJson(bytes);
  const known = Object.fromEntries(kinds.map((kind) => [kind, tensorSchema.optional()]));
  const body = checked(options.extend(known), withQuery(value, given)) as Record<string, unknown>;
  const there = kinds.filter((kind) => body[kind] !== undefined);
  if (kinds.length > 0 && there.length !== 1) {
    const names = kinds.map((kind) => `'${kind}'`).join(' or ');
    throw new Problem(422, `The body must hold ${names}${kinds.length > 1 ? ', one of them' : ''}.`);
  }
  const [kind] = there;
  const chosen = Object.fromEntries(Object.entries(body).filter(([name]) => name !== kind));
  if (kind === undefined) return { input: null, options: chosen, notes: [] };
  const array = body[kind] as Parameters<typeof rowsOf>[0];
  const input = { kind, ...rowsOf(array, rowShape(kind, info), limits.images) };
  return { input, options: chosen, notes: [] };
}

/** Options may stand in the body, too, where they go before those of the query. */
const withQuery = (value: unknown, given: Record<string, unknown>): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...given, ...value } : value;

export function rowShape(kind: InputKind, { image, codeUnits }: ModelInfo): RowShape {
  const shape = kind === 'codes' ? [codeUnits] : [image.channels, image.height, image.width];
  return { name: kind, shape };
}

/** `k=5&units=0,1`: numbers, lists of them, and words. */
export function queryOptions(query: URLSearchParams): Record<string, unknown> {
  const options = new Map<string, unknown>();
  for (const [name, text] of query) {
    if (options.has(name)) throw new Problem(422, `${quoted(name)} must be given once.`);
    options.set(name, optionValue(text));
  }
  return Object.fromEntries(options);
}

function optionValue(text: string): unknown {
  if (text.includes(',')) return text.split(',', 10).map(optionValue);
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** The pictures and the options of a form. */
async function parts(bytes: Uint8Array<ArrayBuffer>, type: string, most: number) {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    throw new Problem(400, 'The body must be a whole multipart/form-data form.');
  }
  const files: Uint8Array[] = [];
  const fields = new Map<string, unknown>();
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (fields.has(name)) throw new Problem(422, `${quoted(name)} must be given once.`);
      fields.set(name, optionValue(value));
      continue;
    }
    if (files.length === most) throw new Problem(413, `A request may hold at most ${most} images.`);
    files.push(new Uint8Array(await value.arrayBuffer()));
  }
  return { files, fields: Object.fromEntries(fields) };
}

function unsupported(kinds: readonly InputKind[]): Problem {
  const types = kinds.includes('images')
    ? ['application/json', ...PICTURE_TYPES, 'multipart/form-data']
    : ['application/json'];
  return new Problem(415, `Content-Type must be ${types.join(', ')}.`, { accept: types.join(', ') });
}
