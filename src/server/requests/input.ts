/** A request's input for a verb: images or codes in any of the media types, and options. */

import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import * as z from 'zod';
import { sizeOf } from '../../size.ts';
import type { ModelFacts } from '../engine/protocol.ts';
import { Problem, quoted } from '../problem.ts';
import type { Limits } from '../settings.ts';
import { type Desk, type DeskJob, type DeskResult, performAtDesk } from '../work/desk.ts';
import { readBody } from './body.ts';
import type { Account } from './budget.ts';
import { CSV_TYPES, headerOf } from './csv.ts';
import type { FormParts } from './form.ts';
import { type ConversionOptions, type Decoding, decodedPictures, PICTURE_TYPES } from './images.ts';
import { checked, type JsonBody } from './json.ts';
import type { RowForm, TableRows } from './rows.ts';
import type { RowShape } from './tensor.ts';

/** `integers`: codes as whole numbers, of models whose codes are quantised. */
export type InputKind = 'images' | 'codes' | 'integers' | 'rows';

export interface Input {
  kind: InputKind;
  /** Samples one after the other: images in [0, 1], codes, or rows in the units of their columns. */
  rows: Float32Array;
  count: number;
  /** How rows were written. */
  form?: RowForm;
  /** In how many constant columns of the training rows each row has another value. */
  changedConstants?: number[];
}

export interface Intake {
  /** The verb's input; nothing for a verb that makes its own images. */
  kinds: readonly InputKind[];
  /** Its options, a strict object. */
  options: z.ZodObject;
  facts: Pick<ModelFacts, 'info' | 'encoding' | 'quantised'>;
  limits: Limits;
  /** Where the body comes from, if the request came over a connection; otherwise it has its own. */
  incoming: Readable | undefined;
  /** What the request holds. */
  account: Account;
  desk: Desk;
  decoding: Omit<Decoding, 'limits' | 'signal'>;
  /** Called once the body is here: gives what ends all further work. */
  begin: () => AbortSignal;
}

interface TakenIn {
  input: Input | null;
  options: Record<string, unknown>;
  notes: string[];
}

/** Bodies up to this size are read on the event loop, which takes a millisecond or two; larger ones by a thread. */
const SMALL_BODY = 16 * 1024;
/** A body that takes a thread long. */
const LARGE_BODY = 1024 * 1024;

/** @throws Problem for anything that is not valid. */
export async function takeIn(request: Request, intake: Intake): Promise<TakenIn> {
  const { kinds, options, limits, account } = intake;
  const given = queryOptions(new URL(request.url).searchParams);
  if (request.method === 'GET' || request.method === 'HEAD') {
    intake.begin();
    return { input: null, options: checked(options, given), notes: [] };
  }
  const declared = request.headers.get('content-type') ?? '';
  const type = declared.split(';')[0]!.trim().toLowerCase();
  const pictures = (PICTURE_TYPES as readonly string[]).includes(type);
  const isCsv = kinds.includes('rows') && (CSV_TYPES as readonly string[]).includes(type);
  const files = kinds.includes('images') && (pictures || type === 'multipart/form-data');
  const empty = type === '' && kinds.length === 0;
  if (!(type === 'application/json' || files || isCsv || empty)) throw unsupported(kinds);
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new Problem(415, 'Bodies must not be compressed.', { 'accept-encoding': 'identity' });
  }
  const body = intake.incoming ?? Readable.fromWeb((request.body ?? new Blob([]).stream()) as WebStream);
  const length = Number(request.headers.get('content-length') ?? 0);
  const bytes = await readBody(body, length, limits, account);
  const signal = intake.begin();
  const read = (job: DeskJob): Promise<DeskResult> =>
    job.type === 'sheet' || bytes.length <= SMALL_BODY
      ? performAtDesk(job)
      : intake.desk.run(job, { owner: request, large: bytes.length > LARGE_BODY, signal });
  if (isCsv) return fromCsv({ bytes, header: headerOf(declared) }, given, intake, read);
  if (!files) return fromJson(bytes, given, intake, read);
  const form = pictures
    ? { files: [bytes], fields: [] }
    : ((await read({ type: 'form', bytes, contentType: declared, most: limits.images })) as FormParts);
  if (form.files.length === 0) throw new Problem(422, 'The form must hold at least one picture.');
  const fields = form.fields.map(([name, text]) => [name, optionValue(name, text)] as const);
  const chosen = checked(options, { ...given, ...Object.fromEntries(fields) });
  takeRows(form.files.length, intake);
  const how = chosen as unknown as ConversionOptions;
  const decoding = { ...intake.decoding, limits, signal };
  const { rows, notes } = await decodedPictures(form.files, intake.facts.info.preprocessing, how, decoding);
  return { input: { kind: 'images', rows, count: form.files.length }, options: chosen, notes };
}

async function fromCsv(
  { bytes, header }: { bytes: Uint8Array<ArrayBuffer>; header: boolean | undefined },
  given: Record<string, unknown>,
  intake: Intake,
  read: (job: DeskJob) => Promise<DeskResult>,
): Promise<TakenIn> {
  const table = intake.facts.encoding!;
  const most = mostOf(table.offset.length, intake.limits);
  const chosen = checked(intake.options, given);
  const { notes, ...rows } = (await read({ type: 'csv', bytes, table, most, header })) as TableRows;
  takeRows(rows.count, intake);
  return { input: { kind: 'rows', ...rows }, options: chosen, notes };
}

/** How many samples of so many values a request may bring. */
const mostOf = (values: number, { images, inputBytes }: Limits): number =>
  Math.min(images, Math.max(1, Math.floor(inputBytes / 4 / values)));

async function fromJson(
  bytes: Uint8Array<ArrayBuffer>,
  given: Record<string, unknown>,
  intake: Intake,
  read: (job: DeskJob) => Promise<DeskResult>,
): Promise<TakenIn> {
  const { options, facts, limits } = intake;
  const kinds = intake.kinds.filter((kind) => kind !== 'integers' || facts.quantised !== undefined);
  const shapes = kinds.map((kind) => rowShape(kind, facts));
  const widest = Math.max(1, ...shapes.map(({ shape }) => sizeOf(shape)));
  const most = mostOf(widest, limits);
  const {
    body: value,
    array,
    notes,
  } = bytes.length === 0 && kinds.length === 0
    ? { body: {}, array: null, notes: [] }
    : ((await read({ type: 'json', bytes, shapes, most })) as JsonBody);
  requireKind(value, kinds);
  const known = Object.fromEntries(kinds.map((kind) => [kind, z.null().optional()]));
  const body = checked(options.extend(known), withQuery(value, given)) as Record<string, unknown>;
  const there = kinds.filter((kind) => body[kind] !== undefined);
  if (kinds.length > 0 && there.length !== 1) {
    const names = kinds.map((kind) => `'${kind}'`).join(' or ');
    throw new Problem(422, `The body must hold ${names}${kinds.length > 1 ? ', one of them' : ''}.`);
  }
  const chosen = Object.fromEntries(Object.entries(body).filter(([name]) => name !== there[0]));
  if (array === null) return { input: null, options: chosen, notes: [] };
  takeRows(array.count, intake);
  return { input: { ...array, kind: array.kind as InputKind }, options: chosen, notes };
}

/** @throws Problem 422 for images that a model of rows is given, or the other way round. */
function requireKind(body: unknown, kinds: readonly InputKind[]): void {
  for (const [wanted, other] of [
    ['rows', 'images'],
    ['images', 'rows'],
  ] as const) {
    const isGiven = typeof body === 'object' && body !== null && Object.hasOwn(body, other);
    if (isGiven && kinds.includes(wanted))
      throw new Problem(422, `This model takes '${wanted}', not '${other}'.`);
  }
}

/** @throws Problem 413 if a request's images take too much at the model's size, 503 if all requests' do. */
function takeRows(count: number, { facts, limits, account }: Intake): void {
  const { image, rows } = facts.info;
  const { channels, height, width } = image;
  const bytes = 4 * count * channels * height * width;
  if (bytes > limits.inputBytes) {
    const got = `${count} of ${rows === null ? `${channels} × ${height} × ${width}` : `${width} values`} take ${bytes}`;
    throw new Problem(
      413,
      `${rows === null ? 'Images' : 'Rows'} of a request may take at most ${limits.inputBytes} bytes as float32; ${got}.`,
    );
  }
  account.take(bytes);
}

/** Options may stand in the body, too, where they go before those of the query. */
const withQuery = (value: unknown, given: Record<string, unknown>): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...given, ...value } : value;

export function rowShape(kind: InputKind, { info, encoding, quantised }: Intake['facts']): RowShape {
  const { image, codeUnits } = info;
  if (kind === 'rows') return { name: kind, shape: [image.width], table: encoding! };
  if (kind === 'integers') return { name: kind, shape: quantised!.shape };
  const shape = kind === 'codes' ? [codeUnits] : [image.channels, image.height, image.width];
  return { name: kind, shape };
}

/** `k=5&units=0,1`: numbers, lists of them, and words; of `class` words alone. */
export function queryOptions(query: URLSearchParams): Record<string, unknown> {
  const options = new Map<string, unknown>();
  for (const [name, text] of query) {
    if (options.has(name)) throw new Problem(422, `${quoted(name)} must be given once.`);
    options.set(name, optionValue(name, text));
  }
  return Object.fromEntries(options);
}

/** Names of classes, which may be digits: they are not read as numbers. */
const CLASSES = ['class', 'as'];

function optionValue(name: string, text: string): unknown {
  if (CLASSES.includes(name)) return text.includes(',') ? text.split(',') : text;
  if (text.includes(',')) return text.split(',', 10).map((part) => optionValue(name, part));
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function unsupported(kinds: readonly InputKind[]): Problem {
  const types = kinds.includes('images')
    ? ['application/json', ...PICTURE_TYPES, 'multipart/form-data']
    : ['application/json', ...(kinds.includes('rows') ? CSV_TYPES : [])];
  return new Problem(415, `Content-Type must be ${types.join(', ')}.`, { accept: types.join(', ') });
}
