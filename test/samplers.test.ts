/** What is fitted to the codes of a model: kept with it, drawn from, refused where it is another's; and figures of generation. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateGeneration, exportModel, fitSampler, loadModel, sample, train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResults } from '../src/evaluation/results.ts';
import { readManifest } from '../src/store/index.ts';

const SIDE = 6;
const PIXELS = SIDE * SIDE;
let folder: string;
let run: string;

/** Two kinds of squares, each in two places: their codes are in four groups. */
function squares(count: number): Uint8Array {
  const images = new Uint8Array(count * PIXELS);
  for (let n = 0; n < count; n++) {
    const [top, left] = [n % 2, Math.floor(n / 2) % 2];
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 3; x++)
        images[n * PIXELS + (3 * top + y) * SIDE + 3 * left + x] = 180 + ((n * 37 + x * 11 + y * 5) % 70);
  }
  return images;
}

const arrays = { train: squares(240), test: squares(60), shape: [1, SIDE, SIDE] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-samplers-'));
  run = join(folder, 'run');
  await train('basic', {
    data: arrays,
    set: { 'model.code.units': 3, 'model.code.activation': 'identity', adapt: false },
    epochs: 8,
    threads: 1,
    tensorboard: 'none',
    out: run,
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (path = run) => loadModel(path, { threads: 1 });

describe('a mixture', () => {
  test('is not there before it is fitted, and the error says how', async () => {
    await using model = await open();
    expect(model.samplers).toBeNull();
    await expect(sample(model, 2, 1, { from: 'mixture' })).rejects.toThrow(
      'has no mixture to draw from: its samplers.json is missing, or has none; fit it to the codes of the run',
    );
  });

  test('is fitted, kept and drawn from: near the codes, within their range, the same in pieces', async () => {
    const { mixture } = await fitSampler(run, { components: 4, arrays });
    expect(mixture!.note).toMatch(/^4 Gaussians, fitted to \d+ codes of training images$/);
    await using model = await open();
    expect(model.samplers!.mixture).toEqual(mixture);
    const drawn = await sample(model, 400, 5, { from: 'mixture' });
    expect(drawn.note).toContain('a mixture of 4 Gaussians');
    expect(drawn.images.shape).toEqual([400, 1, SIDE, SIDE]);
    for (let unit = 0; unit < 3; unit++) {
      const values = Array.from({ length: 400 }, (_, n) => drawn.codes.data[n * 3 + unit]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / 400;
      const expected = mixture!.weights.reduce(
        (sum, weight, k) => sum + weight * mixture!.means[k]![unit]!,
        0,
      );
      const { std } = model.statistics!.codes;
      expect(Math.abs(mean - expected)).toBeLessThan((5 * std[unit]!) / Math.sqrt(400));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(mixture!.range!.min[unit]!) - 1e-6);
      expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(mixture!.range!.max[unit]!) + 1e-6);
    }
    const piece = await sample(model, 10, 5, { from: 'mixture', first: 390 });
    expect(piece.codes.data).toEqual(drawn.codes.data.slice(390 * 3));
    expect((await sample(model, 10, 6, { from: 'mixture' })).codes.data).not.toEqual(
      drawn.codes.data.slice(0, 30),
    );
  });

  test('travels with an export', async () => {
    const out = join(folder, 'exported');
    await exportModel(run, { out });
    await using model = await open(out);
    await using own = await open();
    const [there, here] = await Promise.all(
      [model, own].map((one) => sample(one, 3, 2, { from: 'mixture' })),
    );
    expect(there!.codes).toEqual(here!.codes);
  });

  test('of another model, or damaged, is refused', async () => {
    const out = join(folder, 'other');
    await exportModel(run, { out });
    const file = join(out, 'samplers.json');
    const text = await readFile(file, 'utf8');
    const changed = async (
      change: (samplers: { weights: string; mixture: { means: number[][] } }) => void,
    ) => {
      const samplers = JSON.parse(text);
      change(samplers);
      await writeFile(file, JSON.stringify(samplers));
      return open(out);
    };
    await expect(changed((one) => Object.assign(one, { weights: 'ff' }))).rejects.toThrow(
      'was fitted to the codes of another model',
    );
    await expect(changed(({ mixture }) => mixture.means.pop())).rejects.toThrow(
      'is not one of codes of 3 units',
    );
    await writeFile(file, text.slice(0, 100));
    await expect(open(out)).rejects.toThrow('samplers.json: is damaged: not valid JSON');
  });

  test('of more Gaussians than codes is refused', async () => {
    await expect(fitSampler(run, { components: 1000, arrays })).rejects.toThrow(
      'components: must be a whole number from 1 to',
    );
  });
});

test('a flow has no components of its own, and is for variational models', async () => {
  await expect(fitSampler(run, { kind: 'flow', components: 3, arrays })).rejects.toThrow(
    'a flow begins with the mixture',
  );
  await expect(fitSampler(run, { kind: 'flow', arrays })).rejects.toThrow(
    'a flow: is for variational models',
  );
});

test('a second stage is fitted, kept next to the mixture, drawn from and exported; with components it is refused', async () => {
  await expect(fitSampler(run, { kind: 'second-stage', components: 3, arrays })).rejects.toThrow(
    'components: are of a mixture alone',
  );
  const fitted = await fitSampler(run, { kind: 'second-stage', steps: 2, arrays });
  expect(fitted.mixture).not.toBeNull();
  await using model = await open();
  expect(model.samplers).toEqual(fitted);
  const { codes, note } = await sample(model, 20, 5, { from: 'second-stage' });
  expect(note).toMatch(
    /^codes drawn from a second variational autoencoder over the codes, fitted to \d+ codes/,
  );
  const { range } = fitted['second-stage']!;
  for (const [i, value] of codes.data.entries()) {
    expect(value).toBeGreaterThanOrEqual(Math.fround(range!.min[i % 3]!) - 1e-6);
    expect(value).toBeLessThanOrEqual(Math.fround(range!.max[i % 3]!) + 1e-6);
  }
  const out = join(folder, 'second');
  const { files } = await exportModel(run, { out });
  expect(files).toContain(join(out, 'sampler-second-stage.onnx'));
  await using there = await open(out);
  expect((await sample(there, 20, 5, { from: 'second-stage' })).codes).toEqual(codes);
});

test('figures of generation tell the sources apart, and are kept', async () => {
  const { sources, definition, images } = await evaluateGeneration(run, { images: 50, arrays });
  expect(images).toBe(50);
  expect(definition).toContain('principal components of the training samples');
  const of = Object.fromEntries(sources.map(({ source, ...values }) => [source, values]));
  expect(Object.keys(of)).toEqual([
    'training',
    'reconstruction',
    'normal',
    'codes',
    'mixture',
    'second-stage',
    'interpolation',
  ]);
  expect(of.mixture!.frechet).toBeLessThan(of.normal!.frechet);
  expect(of.reconstruction!.frechet).toBeLessThan(of.interpolation!.frechet);
  await expect(evaluateGeneration(run, { images: 5, arrays })).rejects.toThrow(
    'a whole number from 20 to the 60',
  );
  const { keepMeasured } = await import('hourglass');
  const generation = await evaluateGeneration(run, { images: 50, arrays });
  await keepMeasured(run, { generation });
  expect((await readResults(run, await readManifest(run))).generation).toEqual(generation);
});
