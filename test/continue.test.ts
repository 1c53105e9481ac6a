/** A finished run trained further, as a new run that begins with its weights. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { continueTraining, loadModel, resumeTraining, train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeSafetensors } from '../src/codecs/safetensors.ts';
import { readManifest } from '../src/store/index.ts';
import { TINY, temporaryFolder, weightsOf, writeData, writeRecipe } from './support/program.ts';

let folder: string;
let dataDir: string;
const at = (name: string) => join(folder, name);
const options = { offline: true, threads: 1, tensorboard: 'none', pictures: false } as const;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(at('data'));
  await train(TINY, { ...options, dataDir, out: at('first') });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const further = { ...options, epochs: 2, set: { 'training.optimiser.learningRate': 0.005 } };

async function tensorsOf(run: string): Promise<Map<string, Float32Array>> {
  const { tensors } = decodeSafetensors(await weightsOf(run), run);
  return new Map([...tensors].map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]));
}

test('takes recipe and data of the other run, begins with its weights, and records whose they are', async () => {
  const still = { 'training.optimiser.learningRate': 1e-12, 'training.keep': 'last' };
  const run = await continueTraining(at('first'), { ...options, epochs: 1, set: still, out: at('still') });
  expect(run.status).toBe('finished');
  const [before, after] = [await tensorsOf(at('first')), await tensorsOf(run.folder)];
  // Batch statistics move without a rate; nothing else does.
  for (const [name, values] of before)
    if (/weight|bias|scale|shift/.test(name)) expect([name, after.get(name)]).toEqual([name, values]);
  const [first, manifest] = [await readManifest(at('first')), await readManifest(run.folder)];
  expect(first.from).toBeNull();
  await using model = await loadModel(at('first'), { threads: 1 });
  expect(manifest.from).toEqual({
    path: at('first'),
    recipe: 'tiny',
    dataset: 'mnist',
    epoch: Number(model.info.metadata.epoch),
    weights: model.info.metadata.weights,
  });
  expect(manifest.dataset.fingerprint).toBe(first.dataset.fingerprint);
  expect(manifest.config).toMatchObject({ name: 'tiny', training: { epochs: 1, keep: 'last' } });
});

test('ends with the same bits, also after a stop before the first step has a checkpoint', async () => {
  const notes: string[] = [];
  const whole = await continueTraining(at('first'), {
    ...further,
    out: at('whole'),
    onEvent: (event) => event.type === 'start' && notes.push(...event.notes),
  });
  expect(notes.join('\n')).toMatch(/^begins with the weights of .*first \(tiny, epoch \d+\)$/m);
  expect(await weightsOf(whole.folder)).not.toEqual(await weightsOf(at('first')));
  const stop = new AbortController();
  stop.abort();
  const stopped = await continueTraining(at('first'), {
    ...further,
    out: at('stopped'),
    signal: stop.signal,
  });
  expect(stopped.status).toBe('stopped');
  await resumeTraining(stopped.folder, { offline: true, pictures: false });
  expect(await weightsOf(stopped.folder)).toEqual(await weightsOf(whole.folder));
});

test('weights of another model are refused', async () => {
  const wider = { ...TINY, model: { ...TINY.model, code: { units: 5 } } };
  await expect(
    train(wider, { ...options, dataDir, epochs: 1, from: at('first'), out: at('wider') }),
  ).rejects.toThrow(/first: its weights do not fit the model to train: tensor '.*' must have/);
});

test('what is not finished, or no run, is refused', async () => {
  await expect(continueTraining(at('nowhere'), options)).rejects.toThrow('nowhere');
  const manifest = JSON.parse(await readFile(at('first/run.json'), 'utf8'));
  await writeRecipe(at('half.json'));
  const stop = new AbortController();
  stop.abort();
  const half = await train(at('half.json'), { ...options, dataDir, out: at('half'), signal: stop.signal });
  await expect(continueTraining(half.folder, options)).rejects.toThrow(
    'is stopped: a run is trained further once',
  );
  await writeFile(join(half.folder, 'run.json'), JSON.stringify({ ...manifest, from: { path: 3 } }));
  await expect(continueTraining(half.folder, options)).rejects.toThrow('is damaged: from.path');
});
