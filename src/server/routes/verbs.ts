/** The verbs: /v1/models/{name}/{verb}. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Encoding } from '../answers/array.ts';
import { piecesOf } from '../answers/sending.ts';
import { checkedSize } from '../answers/size.ts';
import { jsonPieces, VALUE_BYTES } from '../answers/text.ts';
import type { ModelHost } from '../engine/host.ts';
import type { App, Carried } from '../hono-app.ts';
import { Problem, RETRY } from '../problem.ts';
import { negotiated } from '../requests/accept.ts';
import { Account } from '../requests/budget.ts';
import { CSV_TYPES } from '../requests/csv.ts';
import { CONVERSION, PICTURE_TYPES } from '../requests/images.ts';
import { type InputKind, takeIn } from '../requests/input.ts';
import { givenRowsSchema } from '../requests/rows.ts';
import { tensorSchema } from '../requests/tensor.ts';
import type { ServiceState } from '../state.ts';
import { CLASS, toldOf } from '../verbs/classes.ts';
import { lackFor, VERB_NAMES, verbsFor } from '../verbs/index.ts';
import { rowText } from '../verbs/rows/answer.ts';
import { SHOWN, type Verb } from '../verbs/verb.ts';
import { modelNamed } from './models.ts';
import { problems } from './problems.ts';

export function addVerbRoutes(app: App, state: ServiceState): void {
  // The verbs of the kinds of models that are served: of images, of rows, or both.
  const served = [...new Set([...state.models.values()].map(({ facts }) => verbsFor(facts)))];
  for (const name of VERB_NAMES) {
    const verbs = served.flatMap((some) => some.filter((verb) => verb.name === name));
    const makesItsOwn = verbs.some(({ takes }) => takes.length === 0);
    for (const method of makesItsOwn ? (['get', 'post'] as const) : (['post'] as const)) {
      if (verbs.length > 0) describe(app, verbs, method);
    }
    const handler = (c: Context<Carried, '/v1/models/:name/x'>) => answer(c, name, state);
    const path = `/v1/models/:name/${name}` as '/v1/models/:name/x';
    if (makesItsOwn) app.get(path, handler);
    app.post(path, handler);
  }
}

type VerbContext = Context<Carried, '/v1/models/:name/x'>;

/** An answer up to this size is sent whole; a larger one is made while it is sent. */
const SMALL_ANSWER = 64 * 1024;
/** A sheet of more pixel values takes a thread long. */
const LARGE_SHEET = 2 ** 20;

async function answer(c: VerbContext, verbName: string, state: ServiceState): Promise<Response> {
  c.set('route', `/v1/models/{name}/${verbName}`);
  if (state.closing) throw new Problem(503, 'The service is shutting down.', RETRY);
  const name = c.req.param('name');
  const host = modelNamed(state, name);
  const verb = verbsFor(host.facts).find((one) => one.name === verbName);
  if (verb === undefined) {
    throw new Problem(409, `${verbName} is not available for this model: it is a model of rows.`);
  }
  const lack = lackFor(verb, host.facts);
  if (lack !== null) throw new Problem(409, `${verb.name} is not available for this model: it ${lack}.`);
  const request = { verb, name, host, account: new Account(state.budget) };
  const time = new Deadline(state.settings.limits.computeTime, [c.req.raw.signal, state.ended.signal]);
  try {
    return await made(c, state, request, () => begin(state, time));
  } catch (error) {
    request.account.close();
    throw error;
  } finally {
    if (time.begun) state.working--;
    time.clear();
  }
}

/** A request's body is here: from now on it counts as work, and its time runs. */
function begin(state: ServiceState, time: Deadline): AbortSignal {
  const signal = time.begin();
  state.working++;
  if (state.working > state.settings.limits.requests) {
    throw new Problem(429, 'Too many requests at once.', RETRY);
  }
  return signal;
}

async function made(
  c: VerbContext,
  state: ServiceState,
  { verb, name, host, account }: { verb: Verb; name: string; host: ModelHost; account: Account },
  begin: () => AbortSignal,
): Promise<Response> {
  const { limits } = state.settings;
  const { info, encoding: table } = host.facts;
  let signal = c.req.raw.signal;
  const { input, options, notes } = await takeIn(c.req.raw, {
    kinds: verb.takes,
    options: optionsOf(verb),
    facts: host.facts,
    limits,
    incoming: c.env?.incoming,
    account,
    desk: state.desk,
    decoding: { decoders: state.decoders, pixels: state.decodingPixels },
    begin: () => {
      signal = begin();
      return signal;
    },
  });
  const { encoding, columns, scale, format, class: classes, fit: _, invert: __, ...own } = options;
  const offered = ['application/json', ...(verb.pictures ? ['image/png'] : [])] as [string, ...string[]];
  const asked = { json: 'application/json', png: 'image/png' }[format as string];
  const type = negotiated(asked ?? c.req.header('accept') ?? null, offered);
  const { channels, height, width } = info.image;
  const given = {
    count: input?.count ?? 0,
    pixels: channels * height * width,
    units: info.codeUnits,
    columns: table?.columns.length ?? 0,
    text: table === null ? 0 : rowText(table),
    form: input?.form,
  };
  const makes = verb.makes(given, own);
  if (makes.images !== undefined && makes.images > limits.results) {
    const got = `this would have ${makes.images}`;
    const what = table === null ? 'images' : 'rows';
    throw new Problem(413, `An answer may hold at most ${limits.results} ${what}; ${got}.`);
  }
  const sheet =
    type === 'image/png'
      ? { columns: (columns as number | undefined) ?? makes.columns, scale: scale as number }
      : null;
  const how = { encoding: encoding as Encoding, sheet };
  account.take(checkedSize(makes, info.image, how, limits.answerBytes));
  const result = await verb.run(
    host.model(signal),
    input,
    own,
    toldOf(classes as Parameters<typeof toldOf>[0]),
  );
  c.header('vary', 'accept');
  if (sheet === null || result.picture === undefined) {
    c.header('content-type', 'application/json');
    const body = { model: name, ...(notes.length > 0 ? { notes } : {}), ...result.json() };
    const bytes = makes.values * VALUE_BYTES[how.encoding] + (makes.text ?? 0);
    return send(c, state, account, jsonPieces(body, how.encoding), bytes);
  }
  const turn = { owner: c.req.raw, large: makes.cells * given.pixels > LARGE_SHEET, signal };
  const png = (await state.desk.run(
    { type: 'sheet', parts: result.picture(), image: { channels, height, width }, sheet },
    turn,
  )) as Uint8Array;
  c.header('content-type', 'image/png');
  c.header('content-length', String(png.length));
  return send(c, state, account, piecesOf(png), png.length);
}

/** The answer in pieces, or whole where it is small; the account is closed when it is sent, or never will be. */
function send(
  c: VerbContext,
  { sending }: ServiceState,
  account: Account,
  pieces: Generator<string | Uint8Array>,
  bytes: number,
): Response {
  if (bytes <= SMALL_ANSWER) {
    const all = Buffer.concat([...pieces].map((piece) => Buffer.from(piece as string)));
    account.close();
    return c.body(new Uint8Array(all), 200);
  }
  const drop = () => void c.env?.outgoing?.destroy();
  return c.body(
    sending.stream(pieces, drop, () => account.close()),
    200,
  );
}

/** A verb's own options, and those of what it takes and shows. */
const optionsOf = (verb: Verb) => {
  const { format, encoding, ...sheets } = SHOWN;
  return verb.options.extend({
    ...{ format, encoding },
    ...CLASS,
    ...(verb.takes.includes('rows') ? {} : sheets),
    ...(verb.takes.includes('images') ? CONVERSION : {}),
  });
};

const answerOf = (verb: Verb) =>
  z
    .object({
      model: z.string(),
      notes: z
        .array(z.string())
        .optional()
        .openapi({ description: 'how pictures or rows were read, each kind once' }),
    })
    .extend(verb.answers.shape);

/** The time for a result, from when its request was read; it ends early if the client is gone or the service ends. */
class Deadline {
  private readonly end = new AbortController();
  private readonly time: number;
  private readonly sources: readonly AbortSignal[];
  private timer: NodeJS.Timeout | undefined;
  private readonly gone = () => this.end.abort(new Problem(503, 'The service is shutting down.', RETRY));

  constructor(time: number, sources: readonly AbortSignal[]) {
    this.time = time;
    this.sources = sources;
  }

  get begun(): boolean {
    return this.timer !== undefined;
  }

  begin(): AbortSignal {
    const late = `No result within ${this.time / 1000} s; try again, or send fewer images.`;
    this.timer = setTimeout(() => this.end.abort(new Problem(504, late, RETRY)), this.time);
    for (const source of this.sources) {
      if (source.aborted) this.gone();
      source.addEventListener('abort', this.gone, { once: true });
    }
    return this.end.signal;
  }

  clear(): void {
    clearTimeout(this.timer);
    for (const source of this.sources) source.removeEventListener('abort', this.gone);
  }
}

/** One schema, or a choice of those of models of images and of rows. */
const anyOf = (schemas: z.ZodObject[]) => (schemas.length === 1 ? schemas[0]! : z.union(schemas));

const bodyOf = (verb: Verb) => {
  const schemaOf = (kind: InputKind) => (kind === 'rows' ? givenRowsSchema : tensorSchema);
  return optionsOf(verb).extend(
    Object.fromEntries(
      verb.takes.map((kind) => [kind, verb.takes.length > 1 ? schemaOf(kind).optional() : schemaOf(kind)]),
    ),
  );
};

/** @param verbs of this name: that of models of images, that of models of rows, or both. */
function describe(app: App, verbs: readonly Verb[], method: 'get' | 'post'): void {
  const [first] = verbs as [Verb];
  const picture = { schema: z.string().openapi({ format: 'binary' }) };
  const form = z.object({
    file: z
      .array(z.string().openapi({ format: 'binary' }))
      .openapi({ description: 'pictures, under any name' }),
  });
  const files = verbs.some(({ takes }) => takes.includes('images'))
    ? {
        ...Object.fromEntries(PICTURE_TYPES.map((type) => [type, picture])),
        'multipart/form-data': { schema: form },
      }
    : {};
  const text = {
    schema: z.string().openapi({ description: 'rows of a table, with their names in the first line' }),
  };
  const csv = verbs.some(({ takes }) => takes.includes('rows'))
    ? Object.fromEntries(CSV_TYPES.map((type) => [type, text]))
    : {};
  app.openAPIRegistry.registerPath({
    method,
    path: `/v1/models/{name}/${first.name}`,
    operationId: method === 'get' ? `${first.name}ByGet` : first.name,
    summary: verbs.map(({ summary }) => summary).join(' '),
    tags: ['verbs'],
    request: {
      params: z.object({ name: z.string().openapi({ description: "a model's name" }) }),
      query: verbs.map(optionsOf).reduce((all, options) => all.extend(options.shape)),
      ...(method === 'get'
        ? {}
        : {
            body: {
              required: first.takes.length > 0,
              content: { 'application/json': { schema: anyOf(verbs.map(bodyOf)) }, ...files, ...csv },
            },
          }),
    },
    responses: {
      200: {
        description: 'The result.',
        content: {
          'application/json': { schema: anyOf(verbs.map(answerOf)) },
          ...(verbs.some(({ pictures }) => pictures) ? { 'image/png': picture } : {}),
        },
      },
      ...problems(401, 404, 406, 409, 413, 415, 422, 429, 503, 504),
    },
  });
}
