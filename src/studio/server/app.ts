/** The studio over HTTP: the page's files and its API. It needs no socket, so that tests call it directly. */
import { randomUUID } from 'node:crypto';
import { dirname, join, sep } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HourglassError } from '../../errors.ts';
import { MODEL_FILES, MODEL_FOLDER } from '../../model/content.ts';
import { loadRecipe, recipeNames } from '../../node/recipes.ts';
import { readFileIfThere } from '../../read-file.ts';
import { LARGEST_TENSOR_FILE } from '../../record/index.ts';
import { forNamedSet } from '../../runs/index.ts';
import { gate, SECURITY_HEADERS } from '../../server/access.ts';
import { Problem } from '../../server/problem.ts';
import type { Settings } from '../../server/settings.ts';
import { dataSchema } from '../../session/data-schema.ts';
import { expectedError } from '../../system-errors.ts';
import { foundIn } from '../found-columns.ts';
import { toText } from '../wire.ts';
import type { DataSets } from './data.ts';
import { eventStream } from './events.ts';
import type { Recipes } from './recipes.ts';
import {
  columnsRequest,
  commandRequest,
  parsed,
  recipeRequest,
  samplerRequest,
  tagsRequest,
  trainRequest,
} from './requests.ts';
import type { Runs } from './runs.ts';
import { samplesOf } from './samples.ts';
import type { Sweeps } from './sweeps.ts';
import type { Upload } from './upload.ts';

/** The page runs its own scripts and workers, and ONNX Runtime's module. Isolated, it can have threads. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'content-security-policy': [
    ...["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'"],
    ...["style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'", "form-action 'none'"],
    ...["base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-cache',
};

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** Bytes of a request: of JSON, and of pictures. */
const LARGEST = { json: 2 ** 20, pictures: 2 ** 28 };
/** Files of one upload. */
const MOST_FILES = 20_000;

export interface Studio {
  readonly settings: Pick<Settings, 'host' | 'token' | 'allowedHosts' | 'onError'>;
  readonly runs: Runs;
  readonly sweeps: Sweeps;
  readonly recipes: Recipes;
  readonly data: DataSets;
  readonly dataDir: string | null;
  /** The page's files by their paths. */
  readonly site: ReadonlyMap<string, string>;
  /** Aborted when the server ends. */
  readonly ended: AbortSignal;
}

export function createApp(studio: Studio): Hono {
  const { settings, runs, sweeps, recipes, data, site, dataDir } = studio;
  const app = new Hono({ strict: true });
  const check = gate(settings);
  app.use(async (c, next) => {
    check(c.req.raw.headers, c.req.path);
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  });
  const limited = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => new Problem(413, `A body may have at most ${maxSize} bytes.`).response(),
    });
  const json = limited(LARGEST.json);
  const answer = (value: unknown) =>
    new Response(toText(value), {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  const bodyOf = async (request: Request): Promise<unknown> => {
    try {
      return await request.json();
    } catch {
      throw new Problem(400, 'The body must be JSON.');
    }
  };

  app.get('/api/', () => answer({ format: 'hourglass-studio', version: 1 }));
  app.get('/api/recipes', async () => answer(await recipes.list()));
  app.post('/api/recipes', json, async (c) => {
    const { file, recipe } = parsed(recipeRequest, await bodyOf(c.req.raw));
    return answer(await recipes.add(file, recipe));
  });
  app.delete('/api/recipes/:id', async (c) => {
    await recipes.remove(c.req.param('id'));
    return answer({});
  });
  app.get('/api/data', async () => answer(await data.list()));
  app.post('/api/data', limited(LARGEST.pictures), async (c) =>
    answer(await data.add(await uploadsIn(c.req.raw))),
  );
  app.post('/api/columns', json, async (c) => {
    const { recipe, set, data: id } = parsed(columnsRequest, await bodyOf(c.req.raw));
    const source = await data.sourceOf(id);
    const found = await dataSchema(recipe, { ...set, 'data.set': source }).catch((error: unknown) => {
      if (!(error instanceof HourglassError)) throw error;
      // The folder is the studio's: the page names the file alone.
      const folders = [`${source}${sep}`, `${dirname(source)}${sep}`];
      throw new Problem(
        422,
        folders.reduce((text, folder) => text.replaceAll(folder, ''), error.message),
      );
    });
    return answer(foundIn(found));
  });
  app.get('/api/runs', async () => answer(await runs.list()));
  app.post('/api/runs', json, async (c) => {
    const { recipe, set, data: id, paused = false } = parsed(trainRequest, await bodyOf(c.req.raw));
    if (typeof recipe === 'string' && !recipeNames().includes(recipe)) {
      throw new Problem(422, `There is no recipe ${recipe}.`);
    }
    // Checked here, so that a wrong setting is told without a process, and no setting names another folder.
    const source = await data.sourceOf(id);
    const values = { ...set, 'data.set': source };
    const own = typeof recipe === 'string' ? { ...loadRecipe(recipe) } : recipe;
    // The form has no settings for folders; those of the recipe are for its own images.
    const kept = data.isNamed(id) ? forNamedSet(own) : own;
    const fitted = kept === own ? recipe : kept;
    const { name } = loadRecipe(fitted, values);
    return answer({ id: await runs.begin(name, { recipe: fitted, set: values, data: source }, paused) });
  });
  app.get('/api/runs/:id', async (c) => answer(await runs.details(c.req.param('id'))));
  app.delete('/api/runs/:id', async (c) => {
    await runs.remove(c.req.param('id'));
    return answer({});
  });
  app.put('/api/runs/:id/tags', json, async (c) => {
    await runs.tag(c.req.param('id'), parsed(tagsRequest, await bodyOf(c.req.raw)).tags);
    return answer({});
  });
  app.post('/api/runs/:id/command', json, async (c) => {
    await runs.command(c.req.param('id'), parsed(commandRequest, await bodyOf(c.req.raw)));
    return answer({});
  });
  app.post('/api/runs/:id/resume', async (c) => {
    await runs.resume(c.req.param('id'));
    return answer({});
  });
  app.get('/api/runs/:id/events', async (c) => {
    const signal = AbortSignal.any([c.req.raw.signal, studio.ended]);
    return new Response(await eventStream(runs, c.req.param('id'), signal), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    });
  });
  app.get('/api/runs/:id/snapshot', async (c) => answer(await runs.lastPictures(c.req.param('id'))));
  app.get('/api/runs/:id/samples/:split', async (c) => {
    const { id, split } = c.req.param();
    if (split !== 'train' && split !== 'test') throw new Problem(404, 'The splits are train and test.');
    return answer(await samplesOf(await runs.folderOf(id), split, dataDir));
  });
  app.get('/api/runs/:id/model/:file', async (c) => {
    const { id, file } = c.req.param();
    if (!MODEL_FILES.includes(file)) throw new Problem(404, 'A model has no such file.');
    return fileIn(await runs.folderOf(id), `${MODEL_FOLDER}/${file}`, 'application/octet-stream');
  });
  app.post('/api/runs/:id/samplers', json, async (c) => {
    const { kind } = parsed(samplerRequest, await bodyOf(c.req.raw));
    await runs.fitSampler(c.req.param('id'), kind);
    return answer({});
  });
  app.get('/api/runs/:id/recipe', async (c) =>
    fileIn(await runs.folderOf(c.req.param('id')), 'recipe.json', 'application/json'),
  );
  app.get('/api/runs/:id/report', async (c) =>
    fileIn(await runs.folderOf(c.req.param('id')), 'report.html', 'application/octet-stream'),
  );

  app.get('/api/sweeps', async () => answer(await sweeps.list()));
  app.get('/api/sweeps/:id', async (c) => answer(await sweeps.details(c.req.param('id'))));

  app.get('*', async (c) => {
    const name = c.req.path === '/' ? 'index.html' : c.req.path.slice(1);
    const path = site.get(name);
    if (path === undefined) throw new Problem(404, 'There is no such page.');
    const bytes = await readFileIfThere(path, { most: LARGEST_TENSOR_FILE, kind: 'environment' });
    if (bytes === null) throw new Problem(404, 'This file of hourglass is missing: install it again.');
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream' },
    });
  });
  app.notFound(() => new Problem(404, 'There is no such path.').response());
  app.onError((thrown) => {
    const error = expectedError(thrown);
    if (error instanceof Problem) return error.response();
    if (error instanceof HourglassError) return new Problem(422, error.message).response();
    const instance = `urn:uuid:${randomUUID()}`;
    settings.onError(error, instance);
    return new Problem(500, 'An internal error occurred; the log of the studio has the details.').response(
      instance,
    );
  });
  return app;
}

/** Pictures of a form: the name of each field is the folder that its file lay in. */
async function uploadsIn(request: Request): Promise<readonly Upload[]> {
  const form = await request.formData().catch(() => {
    throw new Problem(400, 'The body must be a form with files.');
  });
  const files = [...form].flatMap(([folder, file]) => (typeof file === 'string' ? [] : [{ folder, file }]));
  if (files.length > MOST_FILES) throw new Problem(413, `At most ${MOST_FILES} files at once.`);
  return Promise.all(
    files.map(async ({ folder, file }) => ({
      ...{ name: file.name, folder: folder === 'file' ? '' : folder },
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
}

/** @throws Problem 404 if it is not there. */
async function fileIn(folder: string, name: string, type: string): Promise<Response> {
  const bytes = await readFileIfThere(join(folder, name), { most: LARGEST_TENSOR_FILE });
  if (bytes === null) throw new Problem(404, 'This run has no such file.');
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': type, 'cache-control': 'no-store' },
  });
}
