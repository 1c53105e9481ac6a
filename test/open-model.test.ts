/** A model opened from bytes, as a page does that has fetched its files: no file is read. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, contentOfOne } from '../src/model/content.ts';
import { openModel } from '../src/model/open.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { loadModel } from '../src/node/load-model.ts';
import { writeModelFolder } from './support/models.ts';

const THREADS = { threads: 1 };
const IMAGES = Uint8Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => (i * 37) % 256);

let folder: string;
let files: Map<string, Uint8Array>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-open-'));
  await writeModelFolder(folder, 'dense');
  files = new Map();
  for (const name of await readdir(folder))
    files.set(name, new Uint8Array(await readFile(join(folder, name))));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (given: ReadonlyMap<string, Uint8Array>, source = 'https://example.org/digits/') =>
  openModel(nodeEngine, contentOf(source, given, nodeEngine.sha256), THREADS);

test('a folder’s bytes are the model of the folder', async () => {
  await using here = await open(files);
  await using there = await loadModel(folder, THREADS);
  expect(here.info).toEqual(there.info);
  expect(await here.reconstruct(IMAGES)).toEqual(await there.reconstruct(IMAGES));
});

test('one ONNX file is a model that lacks the other parts', async () => {
  const bytes = files.get('encoder.onnx')!;
  await using model = await openModel(
    nodeEngine,
    contentOfOne('dropped', bytes, 'dropped/mine.onnx'),
    THREADS,
  );
  expect((await model.encode(IMAGES)).shape[0]).toBe(2);
  await expect(model.reconstruct(IMAGES)).rejects.toThrow('dropped: lacks the part needed to reconstruct');
});

test('what is damaged, foreign or of another model is refused by name', async () => {
  const changed = (name: string, bytes: Uint8Array) => open(new Map([...files, [name, bytes]]));
  const weights = files.get('weights.safetensors')!.slice();
  weights[weights.length - 1]! ^= 1;
  await expect(async () => changed('weights.safetensors', weights)).rejects.toThrow(
    'https://example.org/digits/weights.safetensors: is damaged: its checksum is not that of its bytes',
  );
  const encoder = files.get('encoder.onnx')!;
  await expect(changed('encoder.onnx', encoder.subarray(0, encoder.length / 2))).rejects.toThrow(
    'https://example.org/digits/encoder.onnx',
  );
  await expect(changed('statistics.json', new TextEncoder().encode('{'))).rejects.toThrow(
    'https://example.org/digits/statistics.json: is damaged: not valid JSON',
  );
  await expect(open(new Map())).rejects.toThrow('was not written by hourglass');
  expect(() => contentOfOne('dropped', Uint8Array.of(1, 2, 3), 'dropped/x.onnx')).toThrow('dropped/x.onnx');
});
