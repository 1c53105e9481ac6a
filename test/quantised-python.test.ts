/** Quantised models and their prior in ONNX Runtime for Python: the same whole numbers, images and probabilities. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeNpy } from '../src/codecs/npy.ts';
import { decodeIntegers, encodeIntegers } from '../src/model/apply/index.ts';
import { openModel } from '../src/model/open.ts';
import { autoregressiveMetadata, Reader } from '../src/model/samplers/autoregressive.ts';
import {
  autoregressiveNats,
  defineAutoencoder,
  encodeAutoregressive,
  shippedModels,
} from '../src/models/index.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { initialWeights, startCodebooks } from '../src/training/index.ts';
import { modelOf, objectiveOf } from '../src/training/testing.ts';
import { random } from './reference/random.ts';
import { lacking, PYTHON } from './support/python.ts';

const missing = lacking('onnx', 'onnxruntime');
const SHAPE = { height: 4, width: 6, channels: 1 };
const [COUNT, PIXELS] = [9, 24];
const draw = random(9);
const IMAGES = Float32Array.from({ length: COUNT * PIXELS }, () => draw());
const conv = { type: 'conv', channels: 3, kernel: 3, activation: 'relu' };
const maps = {
  encoder: [conv, { type: 'maxPool' }],
  decoder: [{ type: 'upsample' }, conv],
  output: { type: 'conv' as const },
};
const MODELS: Readonly<Record<string, object>> = {
  vq: { code: { type: 'vq', units: 6, width: 2, entries: 300 } },
  residual: { code: { type: 'vq', units: 6, width: 3, entries: 6, stages: 3 } },
  maps: { ...maps, code: { type: 'vq', units: 4, width: 2, entries: 5, stages: 2 } },
  fsq: { ...maps, code: { type: 'fsq', units: 2, levels: 5 } },
};
/** The prior's numbers: two stages of three positions, from 0 to 4. */
const PRIOR = { length: 6, count: 5, tables: 2, width: 8, heads: 2, layers: 2 };
const CODES = [
  [0, 4, 1, 3, 2, 2],
  [3, 3, 0, 0, 4, 1],
];

/** Runs all files of a folder; the images are next to them. */
const SCRIPT = `
import json, sys
import numpy as np
import onnx, onnxruntime as ort
folder = sys.argv[1]
options = ort.SessionOptions()
options.intra_op_num_threads = 1
def run(path, feeds):
    onnx.checker.check_model(path, full_check=True)
    session = ort.InferenceSession(path, options)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, feeds)))
images = np.load(folder + "/images.npy")
found = {}
for name in sys.argv[2:]:
    encoded = run(f"{folder}/{name}/encoder.onnx", {"image": images})
    whole = run(f"{folder}/{name}/autoencoder.onnx", {"image": images})
    code = encoded["code"]
    decoded = run(f"{folder}/{name}/decoder.onnx", {"code": code})
    found[name] = {
        "code": code.ravel().tolist(),
        "index": [] if "index" not in encoded else encoded["index"].ravel().tolist(),
        "shape": [] if "index" not in encoded else list(encoded["index"].shape),
        "decoded": next(iter(decoded.values())).ravel().tolist(),
        "whole": whole["reconstruction"].ravel().tolist(),
    }
integers = np.array(json.load(open(folder + "/integers.json")), dtype=np.int64)
prior = run(folder + "/autoregressive.onnx", {"integers": integers})
found["prior"] = prior["logProbabilities"].tolist()
print(json.dumps(found))
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-quantised-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(given: object) {
  const config = modelOf(given);
  const definition = defineAutoencoder(config, SHAPE);
  const weights = initialWeights(nodeEngine, definition, objectiveOf('mse'), 1);
  await startCodebooks(nodeEngine, definition, weights, { images: IMAGES, labels: null }, 1);
  const plain = new Map([...weights].map(([name, { values }]) => [name, values]));
  const files = shippedModels(definition, SHAPE, plain, {
    recipe: 'test',
    configuration: JSON.stringify({ model: config }),
    codeShape: JSON.stringify(definition.codeShape),
    preprocessing: JSON.stringify({ ...SHAPE, fit: 'contain', invert: false, background: 0 }),
  });
  return { files, model: await openModel(nodeEngine, { source: 'test', files }, { threads: 1 }) };
}

function prior() {
  const next = random(1);
  const { net } = autoregressiveNats(PRIOR);
  const weights = new Map(
    [...net.parameters.values()].map(({ name, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1);
      return [name, name.endsWith('factor') ? values.map((x) => 1 + x / 4) : values];
    }),
  );
  const heldOut = { codes: 1, split: 'test' as const, nats: 1, independentNats: 2 };
  return { note: 'a prior', heldOut, shape: PRIOR, weights };
}

const near = (found: readonly number[], wanted: ArrayLike<number>) => {
  expect(found).toHaveLength(wanted.length);
  let worst = 0;
  for (const [i, value] of found.entries()) worst = Math.max(worst, Math.abs(value - wanted[i]!));
  expect(worst).toBeLessThan(1e-5);
};

test.skipIf(missing !== undefined)('the same numbers in Python', async () => {
  await writeFile(join(folder, 'images.npy'), encodeNpy({ data: IMAGES, shape: [COUNT, 1, 4, 6] }));
  await writeFile(join(folder, 'integers.json'), JSON.stringify(CODES));
  const fitted = prior();
  const metadata = autoregressiveMetadata(fitted, '0');
  await writeFile(
    join(folder, 'autoregressive.onnx'),
    encodeAutoregressive(fitted.shape, fitted.weights, metadata),
  );
  const models = new Map<string, Awaited<ReturnType<typeof opened>>['model']>();
  for (const [name, given] of Object.entries(MODELS)) {
    const { files, model } = await opened(given);
    models.set(name, model);
    await mkdir(join(folder, name));
    for (const [file, bytes] of Object.entries(files))
      if (bytes instanceof Uint8Array) await writeFile(join(folder, name, `${file}.onnx`), bytes);
  }
  const { stdout, stderr, status } = spawnSync(PYTHON!, ['-c', SCRIPT, folder, ...models.keys()]);
  expect(status, String(stderr)).toBe(0);
  const found = JSON.parse(String(stdout)) as Record<string, Record<string, number[]>> & {
    prior: number[][][];
  };
  for (const [name, model] of models) {
    const own = await encodeIntegers(model, IMAGES);
    const theirs = found[name]!;
    if (name !== 'fsq') {
      expect(theirs.index).toEqual([...own.data]);
      expect(theirs.shape).toEqual([...own.shape]);
    }
    near(theirs.code!, (await model.encode(IMAGES)).data);
    near(theirs.whole!, (await model.reconstruct(IMAGES)).data);
    near(theirs.decoded!, (await decodeIntegers(model, own.data)).data);
    await model.dispose();
  }
  const reader = new Reader(fitted);
  for (const [n, code] of CODES.entries()) {
    reader.begin();
    for (const [place, value] of code.entries()) {
      const scores = reader.next();
      const log = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
      near(
        found.prior[n]![place]!,
        Array.from(scores, (score) => score - log),
      );
      reader.read(value);
    }
  }
});
