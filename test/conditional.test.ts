/** A conditional model through the commands (`--class`), and its ONNX files in Python: the same as the library's. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { exportModel, fitSampler, loadModel, type Model, neighbours, sample, train } from 'hourglass';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decodeCommand } from '../src/cli/use/decode.ts';
import { encodeCommand } from '../src/cli/use/encode.ts';
import { interpolateCommand } from '../src/cli/use/interpolate.ts';
import { manifoldCommand } from '../src/cli/use/manifold.ts';
import { neighboursCommand } from '../src/cli/use/neighbours.ts';
import { reconstructCommand } from '../src/cli/use/reconstruct.ts';
import { sampleCommand } from '../src/cli/use/sample.ts';
import { decodeNpy, encodeNpy } from '../src/codecs/npy.ts';
import { encodePng } from '../src/codecs/png.ts';
import { CHOICE_STREAM } from '../src/model/samplers/draw.ts';
import { uniformNumbers } from '../src/model/samplers/uniform.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { lacking, PYTHON } from './support/python.ts';

const SIDE = 6;
const PIXELS = SIDE * SIDE;
const CLASSES = ['bar', 'box', 'dot'];
const [EACH, COUNT, UNITS] = [40, 6, 2];

let folder: string;
let model: Model;
/** Two images of each class, class by class. */
const shown = new Uint8Array(COUNT * PIXELS);
const own = CLASSES.flatMap((name) => [name, name]);
const at = (name: string) => join(folder, name);

/** A bar, a box or a dot somewhere. */
function image(label: number, n: number): Uint8Array {
  const data = new Uint8Array(PIXELS);
  const [top, left] = [1 + (n % 3), 1 + (Math.floor(n / 3) % 3)];
  const [height, width] = [
    [4, 1],
    [3, 3],
    [1, 1],
  ][label]!;
  for (let y = top; y < Math.min(SIDE, top + height!); y++)
    for (let x = left; x < Math.min(SIDE, left + width!); x++) data[y * SIDE + x] = 150 + ((n * 31) % 100);
  return data;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-conditional-'));
  for (const [label, name] of CLASSES.entries()) {
    for (const set of ['images', 'shown']) await mkdir(at(`${set}/${name}`), { recursive: true });
    for (let n = 0; n < EACH; n++) {
      const data = image(label, n);
      const png = encodePng({ width: SIDE, height: SIDE, channels: 1, data });
      await writeFile(at(`images/${name}/${n}.png`), png);
      if (n >= 2) continue;
      await writeFile(at(`shown/${name}/${n}.png`), png);
      shown.set(data, (2 * label + n) * PIXELS);
    }
  }
  const layers = [{ type: 'dense', units: 8, activation: 'gelu' }];
  const set = {
    ...{ 'data.set': at('images'), adapt: false, 'training.batchSize': 16 },
    ...{ 'model.encoder': layers, 'model.decoder': layers, 'model.code.units': UNITS },
  };
  await train('conditional', { set, epochs: 2, threads: 1, tensorboard: 'none', out: at('run') });
  model = await loadModel(at('run'), { threads: 1 });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
}, 60_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await model?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function run(make: () => Command, out: string, ...given: string[]) {
  const flags = ['--out', at(out), '--threads', '1', '--force'];
  await make()
    .exitOverride()
    .parseAsync([at('run'), ...given, ...flags], { from: 'user' });
}
async function npy(make: () => Command, ...given: string[]): Promise<Float32Array> {
  await run(make, 'out.npy', ...given);
  return Float32Array.from(decodeNpy(await readFile(at('out.npy')), 'out.npy').data as Float32Array);
}
const jsonLines = async (name: string) =>
  (await readFile(at(name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('encode and reconstruct tell the class of each folder; --class encodes, or draws, as another', async () => {
  expect(await npy(encodeCommand, at('shown'))).toEqual((await model.encode(shown, { classes: own })).data);
  expect(await npy(encodeCommand, at('shown'), '--class', 'dot')).toEqual(
    (await model.encode(shown, { classes: 'dot' })).data,
  );
  expect(await npy(reconstructCommand, at('shown'))).toEqual(
    (await model.reconstruct(shown, { classes: own })).data,
  );
  const codes = await model.encode(shown, { classes: own });
  expect(await npy(reconstructCommand, at('shown'), '--class', 'box')).toEqual(
    (await model.decode(codes.data, { classes: 'box' })).data,
  );
});

test('decode and manifold need a class, and name those that there are', async () => {
  const codes = Float32Array.of(0.5, -1, 0, 2);
  await writeFile(at('codes.npy'), encodeNpy({ data: codes, shape: [2, UNITS] }));
  expect(await npy(decodeCommand, at('codes.npy'), '--class', 'bar')).toEqual(
    (await model.decode(codes, { classes: 'bar' })).data,
  );
  const words = 'must be given: conditional is a conditional model of bar, box, dot';
  await expect(npy(decodeCommand, at('codes.npy'))).rejects.toThrow(words);
  await expect(npy(manifoldCommand, '--size', '2')).rejects.toThrow(words);
  await expect(npy(decodeCommand, at('codes.npy'), '--class', 'bra')).rejects.toThrow("did you mean 'bar'?");
  expect(await npy(manifoldCommand, '--size', '2', '--class', 'dot')).toHaveLength(4 * PIXELS);
});

test('sample draws all classes in turn, for any count, or one', async () => {
  const classes = ['bar', 'bar', 'box', 'box', 'dot'];
  const all = await sample(model, 5, 3, { classes });
  expect(await npy(sampleCommand, '--count', '5', '--seed', '3', '--batch', '2')).toEqual(all.images.data);
  const dots = await sample(model, 2, 1, { classes: 'dot' });
  expect(await npy(sampleCommand, '--count', '2', '--class', 'dot')).toEqual(dots.images.data);
});

test('interpolate decodes each step as the class of the nearer end, or as --class', async () => {
  const ends = [at('shown/bar/0.png'), at('shown/dot/1.png')];
  // Files alone have no class.
  await expect(npy(interpolateCommand, ...ends, '--steps', '4')).rejects.toThrow('must be given');
  const walk = await npy(interpolateCommand, ...ends, '--steps', '4', '--class', 'box');
  const pair = new Uint8Array([...shown.subarray(0, PIXELS), ...shown.subarray(5 * PIXELS)]);
  const codes = (await model.encode(pair, { classes: 'box' })).data;
  const first = (await model.decode(codes.slice(0, UNITS), { classes: 'box' })).data;
  for (const [i, value] of first.entries()) expect(walk[i]).toBeCloseTo(value, 6);
});

test('neighbours compare codes of own classes, or of one class', async () => {
  const found = async (...flags: string[]) => {
    await run(
      neighboursCommand,
      'near.jsonl',
      at('shown'),
      '--references',
      at('images'),
      '-k',
      '2',
      ...flags,
    );
    return (await jsonLines('near.jsonl')).map(({ place, distance }) => [place, distance]);
  };
  const references = new Uint8Array(CLASSES.length * EACH * PIXELS);
  const names = CLASSES.flatMap((name, label) =>
    Array.from({ length: EACH }, (_, n) => {
      references.set(image(label, n), (label * EACH + n) * PIXELS);
      return name;
    }),
  );
  const told = await neighbours(model, shown, [{ values: references, names, classes: names }], 2, {
    classes: own,
  });
  const flat = told.distances.flat().map((distance) => Number(distance.toPrecision(7)));
  const asFound = await found();
  expect(asFound.map(([, distance]) => distance)).toEqual(flat);
  const asDots = await neighbours(model, shown, references, 2, { classes: 'dot' });
  const dots = asDots.distances.flat().map((distance) => Number(distance.toPrecision(7)));
  expect((await found('--class', 'dot')).map(([, distance]) => distance)).toEqual(dots);
  expect(dots).not.toEqual(flat);
  await expect(neighbours(model, shown, references, 2, { classes: own })).rejects.toThrow('must be given');
});

test('a mixture is fitted to the codes of each class, and a class is drawn from its own Gaussians', async () => {
  const { mixture } = await fitSampler(at('run'), { components: 2 });
  expect(mixture!.note).toMatch(/^6 Gaussians, 2 for each of 3 classes, fitted to \d+ codes drawn from/);
  expect(mixture!.labels).toEqual([0, 0, 1, 1, 2, 2]);
  expect(mixture!.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
  await using fitted = await loadModel(at('run'), { threads: 1 });
  const drawn = async (classes: string | string[], count: number, first = 0) =>
    sample(fitted, count, 4, { from: 'mixture', classes, first });
  for (const [label, name] of CLASSES.entries()) {
    const { codes } = await drawn(name, 400);
    const share = mixture!.weights.map((weight, k) => (mixture!.labels![k] === label ? weight : 0));
    const whole = share.reduce((sum, weight) => sum + weight);
    for (let unit = 0; unit < UNITS; unit++) {
      const values = Array.from({ length: 400 }, (_, i) => codes.data[i * UNITS + unit]!);
      const wanted = share.reduce((sum, weight, k) => sum + (weight / whole) * mixture!.means[k]![unit]!, 0);
      const mean = values.reduce((sum, value) => sum + value) / 400;
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399);
      expect(Math.abs(mean - wanted)).toBeLessThan((5 * std) / 20);
    }
  }
  // Each at its place, whatever the others are.
  const mixed = await drawn(['dot', 'bar', 'box'], 3);
  const alone = await drawn('box', 1, 2);
  expect(mixed.codes.data.slice(2 * UNITS)).toEqual(alone.codes.data);
  expect(
    await npy(sampleCommand, '--count', '2', '--seed', '4', '--prior', 'mixture', '--class', 'dot'),
  ).toEqual((await drawn('dot', 2)).images.data);
  await expect(fitSampler(at('run'), { components: 0 })).rejects.toThrow('must be a whole number from 1 to');
});

const SCRIPT = `
import json, sys
import numpy as np, onnxruntime as ort
folder, given = sys.argv[1], json.load(sys.stdin)
images = np.array(given["images"], np.float32).reshape(-1, 1, ${SIDE}, ${SIDE})
classes = np.array(given["classes"], np.float32)
run = lambda name, **feeds: ort.InferenceSession(f"{folder}/{name}.onnx", providers=["CPUExecutionProvider"]).run(None, {**feeds, "class": classes})[0]
codes = run("encoder", image=images)
noise = np.array(given["noise"], np.float32).reshape(-1, ${UNITS})
exported = ort.InferenceSession(sys.argv[2] + "/sampler-mixture.onnx", providers=["CPUExecutionProvider"])
mixed = exported.run(["code"], {"noise": noise, "choice": np.array(given["choice"], np.float32).reshape(-1, 1), "class": classes})[0]
made = {"mixture": mixed, "encoder": codes, "decoder": run("decoder", code=codes), "autoencoder": run("autoencoder", image=images), "sampler": run("sampler", noise=noise)}
print(json.dumps({name: values.ravel().tolist() for name, values in made.items()}))
`;
const missing = lacking('numpy', 'onnxruntime');

test.skipIf(missing !== undefined)(
  `each ONNX file takes the class in Python, with the same numbers${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const classes = own.map((name) => CLASSES.map((each) => Number(each === name)));
    const drawn = await sample(model, COUNT, 5, { classes: own });
    // N(0, I) is drawn as its noise.
    const noise = [...drawn.codes.data];
    const choice = [
      ...uniformNumbers(nodeEngine, { count: COUNT, seed: 5, stream: CHOICE_STREAM, first: 0 }),
    ];
    const given = { images: Array.from(shown, (value) => value / 255), classes, noise, choice };
    await fitSampler(at('run'), { components: 2 });
    await exportModel(at('run'), { out: at('exported') });
    await using fitted = await loadModel(at('run'), { threads: 1 });
    const { stdout, stderr, status } = spawnSync(PYTHON!, ['-c', SCRIPT, at('run/model'), at('exported')], {
      input: JSON.stringify(given),
    });
    expect(status, String(stderr)).toBe(0);
    const found = JSON.parse(String(stdout)) as Record<string, number[]>;
    const made = await model.reconstruct(shown, { classes: own });
    const wanted = {
      mixture: (await sample(fitted, COUNT, 5, { from: 'mixture', classes: own })).codes.data,
      encoder: (await model.encode(shown, { classes: own })).data,
      ...{ decoder: made.data, autoencoder: made.data, sampler: drawn.images.data },
    };
    for (const [name, values] of Object.entries(wanted)) {
      expect(found[name], name).toHaveLength(values.length);
      for (const [i, value] of values.entries())
        expect(Math.abs(found[name]![i]! - value)).toBeLessThan(1e-5);
    }
  },
);
