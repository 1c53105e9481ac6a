/** The studio's server: who may ask, what it keeps, and what a crash leaves alive. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeIdx } from '../../src/codecs/idx.ts';
import { encodePng } from '../../src/codecs/png.ts';
import type {
  LastPictures,
  RecipeEntry,
  RunDetails,
  RunEntry,
  RunMessage,
} from '../../src/studio/protocol.ts';
import type { StudioService } from '../../src/studio/server/index.ts';
import { fromText } from '../../src/studio/wire.ts';
import { SMALL, startStudio } from './support/hosts.ts';

let folder: string;
let runs: string;
let studio: StudioService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-studio-'));
  runs = join(folder, 'runs');
  studio = await startStudio({ port: 0, runs });
});
afterAll(async () => {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
});

const set = Object.fromEntries(
  [...new URLSearchParams(SMALL)]
    .filter(([path]) => path !== 'recipe')
    .map(([path, text]) => [path, JSON.parse(text)]),
);

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${studio.url}api/${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${JSON.parse(text).detail}`);
  return fromText<T>(text);
}

const post = <T>(path: string, body: unknown): Promise<T> =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const train = async (more: Record<string, unknown> = {}): Promise<string> =>
  (await post<{ id: string }>('runs', { recipe: 'vae', data: 'mnist-10k', set: { ...set, ...more } })).id;

/** A run's messages until one fits. */
async function until(id: string, fits: (message: RunMessage) => boolean): Promise<RunMessage[]> {
  const stop = new AbortController();
  const response = await fetch(`${studio.url}api/runs/${id}/events`, { signal: stop.signal });
  const messages: RunMessage[] = [];
  let text = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        if (!part.startsWith('data: ')) continue;
        const message = fromText<RunMessage>(part.slice(6));
        messages.push(message);
        if (fits(message)) return messages;
      }
    }
    throw new Error('the stream ended');
  } finally {
    stop.abort();
  }
}

const isState = (state: string) => (message: RunMessage) =>
  message.type === 'state' && message.state === state;

describe('who may ask', () => {
  test('other names, pages of other origins and unknown ids are refused', async () => {
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(studio.url + path, { headers })).status;
    expect(await status('api/runs')).toBe(200);
    expect(await status('api/runs', { origin: 'http://evil.example' })).toBe(403);
    expect(await status('api/runs/..%2F..%2Fetc')).toBe(404);
    expect(await status('api/runs/unknown/model/..%2Frun.json')).toBe(404);
    expect(await status('%2e%2e/package.json')).toBe(404);
    expect(await status('studio.js')).toBe(200);
  });

  test('the page may run its own scripts, workers and WebAssembly, and is isolated', async () => {
    const { headers } = await fetch(studio.url);
    expect(headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('beyond loopback it needs a token', async () => {
    await expect(startStudio({ host: '0.0.0.0', port: 0, runs })).rejects.toThrow('needs a token');
  });

  test('requests are checked, and no setting names a folder', async () => {
    const begin = (body: unknown) => post('runs', body);
    const whole = { recipe: 'vae', data: 'mnist-10k', set: {} };
    await expect(begin({ ...whole, data: '/etc' })).rejects.toThrow('422: There is no such data set');
    await expect(begin({ ...whole, recipe: '../x.json' })).rejects.toThrow('422');
    await expect(begin({ ...whole, recipe: 'vea' })).rejects.toThrow('422: There is no recipe vea.');
    await expect(begin({ ...whole, out: '/tmp/x' })).rejects.toThrow('422');
    await expect(begin({ ...whole, set: { 'training.epochs': 0 } })).rejects.toThrow(
      'training.epochs: must be at least 1',
    );
    await expect(ask('runs', { method: 'POST', body: '{' })).rejects.toThrow('400');
    expect(await readdir(runs).catch(() => [])).toEqual([]);
  });
});

describe('trainings', () => {
  test('a run is an ordinary run: followed, tagged, with its model, images and recipe, and deleted', async () => {
    const id = await train();
    const messages = await until(id, isState('finished'));
    const kinds = new Set(
      messages.map((message) => (message.type === 'event' ? message.event.type : message.type)),
    );
    for (const kind of ['start', 'epoch', 'snapshot', 'evaluating', 'finished'])
      expect(kinds).toContain(kind);
    await expect.poll(async () => (await ask<RunEntry[]>('runs'))[0]?.state).toBe('finished');
    await ask(`runs/${id}/tags`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tags: ['first'] }),
    });
    const details = await ask<RunDetails>(`runs/${id}`);
    expect(details).toMatchObject({
      id,
      recipe: 'vae',
      tags: ['first'],
      hasModel: true,
      epoch: 2,
      epochs: 2,
    });
    expect(details.rows.length).toBe(2);
    expect(details.figures.mse).toBeGreaterThan(0);
    expect(details.verdict).toMatch(/\.$/);
    const images = await ask<{ count: number; values: Uint8Array }>(`runs/${id}/samples/test`);
    expect(images.values.length).toBe(images.count * 784);
    for (const file of ['model/encoder.onnx', 'recipe', 'report']) {
      expect((await fetch(`${studio.url}api/runs/${id}/${file}`)).status).toBe(200);
    }
    // A late listener gets what there was.
    const late = await until(id, isState('finished'));
    expect(late.filter(({ type }) => type === 'event').length).toBeGreaterThan(3);
    await ask(`runs/${id}`, { method: 'DELETE' });
    expect(await ask('runs')).toEqual([]);
    await expect(ask(`runs/${id}`)).rejects.toThrow('404: There is no such run: it may have been deleted.');
  });

  test('pictures that are added become a folder with classes, and one trains on them again', async () => {
    const form = new FormData();
    for (let i = 0; i < 24; i++) {
      const values = Uint8Array.from({ length: 64 }, (_, at) => (at * (i + 1) * 7) % 256);
      const png = encodePng({ width: 8, height: 8, channels: 1, data: values });
      form.append(i % 2 ? 'photos/cats' : 'photos/dogs', new Blob([new Uint8Array(png)]), `same.png`);
    }
    form.append('photos/..', new Blob([new Uint8Array([1])]), '../../outside.txt');
    const { id: data } = await ask<{ id: string }>('data', { method: 'POST', body: form });
    expect((await ask<{ id: string; title: string }[]>('data')).at(-1)).toMatchObject({
      id: data,
      title: '24 own pictures',
    });
    expect(await readdir(join(runs, '.studio', 'pictures', data))).toEqual(['cats', 'dogs']);
    const small = { ...set, 'training.batchSize': 4, 'training.epochs': 1 };
    const { 'data.classes': _, ...own } = small as Record<string, unknown>;
    const { id } = await post<{ id: string }>('runs', { recipe: 'vae', data, set: own });
    const messages = await until(id, isState('finished'));
    expect(messages.find(({ type }) => type === 'event')).toMatchObject({
      event: { type: 'start', classes: [{ name: 'cats' }, { name: 'dogs' }] },
    });
    expect(await ask<RunDetails>(`runs/${id}`)).toMatchObject({ data });
    // One who follows it hears that it is deleted.
    const told = until(id, (message) => message.type === 'failed');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await ask(`runs/${id}`, { method: 'DELETE' });
    expect((await told).at(-1)).toEqual({ type: 'failed', message: 'This run was deleted.' });
    await expect(ask('data', { method: 'POST', body: new FormData() })).rejects.toThrow('422');
  });

  test('more classes than a label can tell are refused in words, before anything is trained', async () => {
    const form = new FormData();
    const png = new Uint8Array(encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) }));
    for (let i = 0; i < 257; i++) form.append(`c${i}`, new Blob([png]), 'a.png');
    const { id: data } = await ask<{ id: string }>('data', { method: 'POST', body: form });
    const { 'data.classes': _, ...own } = set as Record<string, unknown>;
    await expect(post('runs', { recipe: 'vae', data, set: own })).rejects.toThrow(
      /422: .*at most 256 classes.*got 257/,
    );
  });

  test('a run of rows in arrays is listed as one, and has no pictures', async () => {
    const { train: trainNow }: typeof import('../../src/index.ts') = await import(
      new URL('../../dist/index.js', import.meta.url).href
    );
    const rows = Float32Array.from({ length: 4 * 200 }, (_, i) => Math.sin(i * i));
    const folder = join(runs, 'of-rows');
    await trainNow('table', {
      data: { train: rows, shape: [4] },
      epochs: 1,
      out: folder,
      tensorboard: 'none',
    });
    const { id } = (await ask<RunEntry[]>('runs')).find(({ name }) => name === 'of-rows')!;
    expect(await ask<RunDetails>(`runs/${id}`)).toMatchObject({ samples: 'row', state: 'finished' });
    const { snapshot, problem } = await ask<LastPictures>(`runs/${id}/snapshot`);
    expect(snapshot).toBe(null);
    expect(problem).toContain('arrays');
    await ask(`runs/${id}`, { method: 'DELETE' });
  });

  test('IDX files that are added become a data set; damaged ones leave nothing', async () => {
    const form = (files: Record<string, Uint8Array>) => {
      const body = new FormData();
      for (const [name, bytes] of Object.entries(files))
        body.append('file', new Blob([new Uint8Array(bytes)]), name);
      return { method: 'POST', body };
    };
    const images = (count: number) =>
      encodeIdx({
        shape: [count, 8, 8],
        data: Uint8Array.from({ length: count * 64 }, (_, i) => (i * 7) % 256),
      });
    const labels = encodeIdx({ shape: [20], data: Uint8Array.from({ length: 20 }, (_, i) => i % 3) });
    const before = await ask<unknown[]>('data');
    await expect(ask('data', form({ 'a-idx3-ubyte': images(19), 'a-idx1-ubyte': labels }))).rejects.toThrow(
      '422: a-idx1-ubyte: must hold 19 labels, one for each image of a-idx3-ubyte',
    );
    await expect(ask('data', form({ 'a-idx3-ubyte': images(20).subarray(0, 99) }))).rejects.toThrow(
      'truncated',
    );
    await expect(
      ask('data', form({ 'a-idx3-ubyte': images(20), 'a.png': new Uint8Array(4) })),
    ).rejects.toThrow('422: Add pictures or IDX files');
    expect(await ask('data')).toEqual(before);
    const { id } = await ask<{ id: string }>(
      'data',
      form({ 'a-idx3-ubyte.gz': gzipSync(images(20)), 'a-idx1-ubyte': labels }),
    );
    expect(id).toMatch(/^20-/);
    const small = { ...set, 'training.batchSize': 4, 'training.epochs': 1 };
    const { 'data.classes': _, ...own } = small as Record<string, unknown>;
    const { id: run } = await post<{ id: string }>('runs', { recipe: 'vae', data: id, set: own });
    const messages = await until(run, isState('finished'));
    expect(messages.find(({ type }) => type === 'event')).toMatchObject({
      event: { type: 'start', classes: [{ name: '0' }, { name: '1' }, { name: '2' }] },
    });
    await ask(`runs/${run}`, { method: 'DELETE' });
  });

  test('own recipes are kept with what is wrong with them, trained and removed', async () => {
    const basic = (await ask<RecipeEntry[]>('recipes')).find(({ name }) => name === 'basic')!;
    expect(basic).toMatchObject({ id: 'basic', origin: 'hourglass', problem: null });
    const recipe = { ...basic.config, name: 'mine', why: 'to see it work' };
    const added = await post<RecipeEntry>('recipes', { file: 'my recipe.json', recipe });
    expect(added).toMatchObject({ origin: 'own', name: 'my-recipe', why: 'to see it work', problem: null });
    const wrong = { ...recipe, training: { ...(recipe as { training?: object }).training, epochs: 0 } };
    const { problem } = await post<RecipeEntry>('recipes', { file: '../wrong.json', recipe: wrong });
    expect(problem).toContain('training.epochs');
    expect((await ask<RecipeEntry[]>('recipes')).filter(({ origin }) => origin === 'own')).toMatchObject([
      { id: added.id, config: recipe, problem: null },
      { name: 'wrong', problem },
    ]);
    await expect(post('recipes', { file: 'x.json', recipe: [1] })).rejects.toThrow('422: x.json');
    for (const { id, origin } of await ask<RecipeEntry[]>('recipes')) {
      if (origin === 'own') await ask(`recipes/${encodeURIComponent(id)}`, { method: 'DELETE' });
    }
    await expect(ask('recipes/basic', { method: 'DELETE' })).rejects.toThrow('404');
    expect((await ask<RecipeEntry[]>('recipes')).every(({ origin }) => origin === 'hourglass')).toBe(true);
  });

  test('a folder of recipes is listed, with what is wrong in it', async () => {
    const recipes = join(folder, 'recipes');
    await mkdir(recipes);
    const { config } = (await ask<RecipeEntry[]>('recipes')).find(({ name }) => name === 'basic')!;
    await writeFile(join(recipes, 'good.json'), JSON.stringify(config));
    await writeFile(join(recipes, 'cut.json'), '{ "model"');
    await writeFile(join(recipes, 'package.json'), '{ "name": "no recipe" }');
    const other = await startStudio({ port: 0, runs: join(folder, 'none'), recipes: [recipes] });
    const listed = fromText<RecipeEntry[]>(await (await fetch(`${other.url}api/recipes`)).text());
    await other.close();
    expect(listed.filter(({ origin }) => origin === 'folder')).toMatchObject([
      { name: 'cut', problem: expect.stringContaining('cut.json') },
      { name: 'good', problem: null },
    ]);
  });

  test('a crash of one is told, leaves the others alive, and can be continued', async () => {
    const endless = { 'training.epochs': 100_000 };
    const [first, second] = [await train(endless), await train(endless)];
    await until(first, (message) => message.type === 'event' && message.event.type === 'epoch');
    const names = (await ask<RunEntry[]>('runs')).find(({ id }) => id === first)!.name;
    const lock = JSON.parse(
      await (await import('node:fs/promises')).readFile(join(runs, names, 'run.lock'), 'utf8'),
    ) as { pid: number };
    process.kill(lock.pid, 'SIGKILL');
    const messages = await until(first, isState('failed'));
    expect(messages.findLast(({ type }) => type === 'failed')).toMatchObject({
      message: expect.stringContaining('ended by SIGKILL'),
    });
    await until(second, (message) => message.type === 'event' && message.event.type === 'epoch');
    await post(`runs/${first}/resume`, {});
    await until(first, isState('running'));
    for (const id of [first, second]) {
      await post(`runs/${id}/command`, { type: 'stop' });
      await until(id, isState('stopped'));
    }
  });

  test('a server that is started again finds what trains, and what was stopped', async () => {
    const id = await train({ 'training.epochs': 100_000 });
    const other = await startStudio({ port: 0, runs });
    const url = `${other.url}api/runs`;
    const listed = fromText<RunEntry[]>(await (await fetch(url)).text());
    expect(listed.find((run) => run.id === id)).toMatchObject({ state: 'running' });
    // It is another server's: it can be stopped, and that server hears of it.
    const stop = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${url}/${id}/command`, { ...stop, body: '{"type":"pause"}' })).status).toBe(409);
    expect((await fetch(`${url}/${id}/command`, { ...stop, body: '{"type":"stop"}' })).status).toBe(200);
    await until(id, isState('stopped'));
    // Its pictures are made from its checkpoint.
    const shown = fromText<LastPictures>(await (await fetch(`${url}/${id}/snapshot`)).text());
    expect(shown.problem).toBeNull();
    const snapshot = shown.snapshot!;
    expect(snapshot.codes.values.length / snapshot.codes.units).toBeGreaterThanOrEqual(100);
    expect(snapshot.strip!.reconstructions.length).toBe(snapshot.strip!.inputs.length);
    await other.close();
    const details = await ask<RunDetails>(`runs/${id}`);
    expect(details).toMatchObject({ state: 'stopped', hasModel: false });
  });

  test('broken run folders are listed with the reason, and hide no other', async () => {
    await mkdir(join(runs, 'broken', 'checkpoints'), { recursive: true });
    await writeFile(join(runs, 'broken', 'run.json'), '{');
    const listed = await ask<RunEntry[]>('runs');
    const broken = listed.find(({ name }) => name === 'broken')!;
    expect(broken.broken).toContain('run.json');
    expect(listed.length).toBeGreaterThan(1);
    await expect(ask(`runs/${broken.id}`)).rejects.toThrow('409');
  });

  test('ending the server stops the trainings with a checkpoint', async () => {
    const own = join(folder, 'own');
    const other = await startStudio({ port: 0, runs: own });
    const body = JSON.stringify({
      ...{ recipe: 'vae', data: 'mnist-10k' },
      set: { ...set, 'training.epochs': 100_000 },
    });
    const begun = await fetch(`${other.url}api/runs`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    expect(begun.status).toBe(200);
    expect(other.trained.length).toBe(1);
    const stopped = await other.close();
    expect(stopped.length).toBe(1);
    const [name] = await readdir(own);
    expect((await readdir(join(own, name!, 'checkpoints'))).length).toBeGreaterThan(0);
  });
});
