/** The verbs: /v1/models/{name}/{verb}. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Encoding } from '../answers/array.ts';
import { pictureOf } from '../answers/picture.ts';
import type { App, Carried } from '../app.ts';
import { Problem, RETRY } from '../problem.ts';
import { negotiated } from '../requests/accept.ts';
import { CONVERSION, PICTURE_TYPES } from '../requests/images.ts';
import { takeIn } from '../requests/input.ts';
import { tensorSchema } from '../requests/tensor.ts';
import type { ServiceState } from '../state.ts';
import { VERBS } from '../verbs/index.ts';
import { SHOWN, type Verb } from '../verbs/verb.ts';
import { modelNamed } from './models.ts';
import { problems } from './problems.ts';

export function addVerbRoutes(app: App, state: ServiceState): void {
  for (const verb of VERBS) {
    const methods = verb.takes.length === 0 ? (['get', 'post'] as const) : (['post'] as const);
    for (const method of methods) describe(app, verb, method);
    const handler = (c: Context<Carried, '/v1/models/:name/x'>) => answer(c, verb, state);
    const path = `/v1/models/:name/${verb.name}` as '/v1/models/:name/x';
    if (verb.takes.length === 0) app.get(path, handler);
    app.post(path, handler);
  }
}

async function answer(
  c: Context<Carried, '/v1/models/:name/x'>,
  verb: Verb,
  state: ServiceState,
): Promise<Response> {
  c.set('route', `/v1/models/{name}/${verb.name}`);
  const { limits } = state.settings;
  if (state.closing) throw new Problem(503, 'The service is shutting down.', RETRY);
  if (state.inFlight > limits.requests) throw new Problem(429, 'Too many requests at once.', RETRY);
  const name = c.req.param('name');
  const host = modelNamed(state, name);
  if (verb.needs?.fits(host.facts) === false) {
    throw new Problem(409, `${verb.name} is not for this model: it ${verb.needs.what}.`);
  }
  const offered = ['application/json', ...(verb.pictures ? ['image/png'] : [])] as [string, ...string[]];
  const { input, options, notes } = await takeIn(c.req.raw, {
    kinds: verb.takes,
    options: optionsOf(verb),
    info: host.facts.info,
    limits,
    budget: state.budget,
  });
  const { encoding, columns, scale, format, fit: _, invert: __, ...own } = options;
  const asked = { json: 'application/json', png: 'image/png' }[format as string];
  const type = negotiated(asked ?? c.req.header('accept') ?? null, offered);
  const made = verb.makes?.(own, input) ?? 0;
  if (made > limits.results) {
    throw new Problem(413, `An answer may hold at most ${limits.results} images; this would have ${made}.`);
  }
  const { signal, clear } = deadline(c.req.raw.signal, limits.computeTime);
  try {
    const result = await verb.run(host.model(signal), input, own);
    c.header('vary', 'accept');
    if (type === 'application/json' || result.picture === undefined) {
      return c.json({
        model: name,
        ...(notes.length > 0 ? { notes } : {}),
        ...result.json(encoding as Encoding),
      });
    }
    const png = await pictureOf(result.picture.images, host.facts.info.image, {
      columns: (columns as number | undefined) ?? result.picture.columns,
      scale: scale as number,
    });
    return c.body(png, 200, { 'content-type': 'image/png' });
  } finally {
    clear();
  }
}

/** A verb's own options, and those of what it takes and shows. */
const optionsOf = (verb: Verb) =>
  verb.options.extend({ ...SHOWN, ...(verb.takes.includes('images') ? CONVERSION : {}) });

const answerOf = (verb: Verb) =>
  z
    .object({
      model: z.string(),
      notes: z
        .array(z.string())
        .optional()
        .openapi({ description: 'what was done to pictures, each kind once' }),
    })
    .extend(verb.answers.shape);

/** Ends when the client is gone, or when the time is over. */
function deadline(client: AbortSignal, time: number): { signal: AbortSignal; clear: () => void } {
  const end = new AbortController();
  const late = () =>
    end.abort(new Problem(504, `No result within ${time / 1000} s; try again, or send fewer images.`, RETRY));
  const gone = () => end.abort(new Problem(408, 'The client went away.'));
  const timer = setTimeout(late, time);
  if (client.aborted) gone();
  client.addEventListener('abort', gone, { once: true });
  const clear = () => {
    clearTimeout(timer);
    client.removeEventListener('abort', gone);
  };
  return { signal: end.signal, clear };
}

function describe(app: App, verb: Verb, method: 'get' | 'post'): void {
  const json = optionsOf(verb).extend(
    Object.fromEntries(
      verb.takes.map((kind) => [kind, verb.takes.length > 1 ? tensorSchema.optional() : tensorSchema]),
    ),
  );
  const picture = { schema: z.string().openapi({ format: 'binary' }) };
  const form = z.object({
    file: z.array(z.string().openapi({ format: 'binary' })).openapi({ description: 'pictures, by any name' }),
  });
  const files = verb.takes.includes('images')
    ? {
        ...Object.fromEntries(PICTURE_TYPES.map((type) => [type, picture])),
        'multipart/form-data': { schema: form },
      }
    : {};
  app.openAPIRegistry.registerPath({
    method,
    path: `/v1/models/{name}/${verb.name}`,
    operationId: method === 'get' ? `${verb.name}ByGet` : verb.name,
    summary: verb.summary,
    tags: ['verbs'],
    request: {
      params: z.object({ name: z.string().openapi({ description: "a model's name" }) }),
      query: optionsOf(verb),
      ...(method === 'get'
        ? {}
        : {
            body: {
              required: verb.takes.length > 0,
              content: { 'application/json': { schema: json }, ...files },
            },
          }),
    },
    responses: {
      200: {
        description: 'The result.',
        content: {
          'application/json': { schema: answerOf(verb) },
          ...(verb.pictures ? { 'image/png': picture } : {}),
        },
      },
      ...problems(401, 404, 406, 409, 413, 415, 422, 429, 503, 504),
    },
  });
}
