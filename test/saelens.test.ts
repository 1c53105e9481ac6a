/** Sparse codes in SAELens' files: read by Python alone, they give the codes and reconstructions of the model. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportModel, loadModel, train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../src/codecs/npy.ts';
import { random } from './reference/random.ts';
import { lacking, PYTHON } from './support/python.ts';

const [ROWS, COLUMNS, CONSTANT] = [320, 9, 4];
let folder: string;
let data: string;

/** Sums of a few of 12 directions, and a column of one value. */
function vectors(count: number, seed: number): Float32Array {
  const draw = random(7);
  const directions = Array.from({ length: 12 * COLUMNS }, () => draw() - 0.5);
  const own = random(seed);
  const values = new Float32Array(count * COLUMNS);
  for (let row = 0; row < count; row++) {
    for (let part = 0; part < 3; part++) {
      const at = Math.floor(own() * 12) * COLUMNS;
      const size = 20 + 20 * own();
      for (let k = 0; k < COLUMNS; k++) values[row * COLUMNS + k]! += size * directions[at + k]!;
    }
    values[row * COLUMNS + CONSTANT] = 2.5;
  }
  return values;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-saelens-'));
  data = join(folder, 'rows.npy');
  await writeFile(data, encodeNpy({ data: vectors(ROWS, 1), shape: [ROWS, COLUMNS] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** SAELens' arithmetic, as its classes have it, on its files; and SAELens itself, where it is there. */
const SCRIPT = `
import json, sys
import torch
from safetensors.torch import load_file
folder, rows = sys.argv[1], json.load(sys.stdin)
config = json.load(open(folder + "/cfg.json"))
weights = load_file(folder + "/sae_weights.safetensors")
x = torch.tensor(rows)
h = (x - weights["b_dec"] * config["apply_b_dec_to_input"]) @ weights["W_enc"] + weights["b_enc"]
if config["architecture"] == "topk":
    values, places = torch.topk(h, config["k"], dim=-1)
    codes = torch.zeros_like(h).scatter_(-1, places, values.relu())
else:
    codes = h.relu() * (h > weights["threshold"])
made = codes @ weights["W_dec"] + weights["b_dec"]
own = None
try:
    from sae_lens import SAE
except ImportError:
    pass
else:
    own = SAE.load_from_disk(folder, device="cpu").encode(x).tolist()
print(json.dumps({"codes": codes.tolist(), "made": made.tolist(), "own": own, "config": config}))
`;

const missing = lacking('torch', 'safetensors');

describe.each(['topk', 'batchTopk', 'jumprelu', 'matryoshka'])('%s', (type) => {
  test(`is written for SAELens with the same codes${missing === undefined ? '' : ` (in Python skipped: ${missing})`}`, async () => {
    const run = join(folder, type);
    const kept = type === 'jumprelu' ? { 'l0.weight': 0.05, 'l0.warmup': 0 } : { k: 3 };
    const code = Object.fromEntries(Object.entries(kept).map(([key, value]) => [`model.code.${key}`, value]));
    const result = await train(
      type === 'topk' || type === 'jumprelu' || type === 'matryoshka' ? type : 'topk',
      {
        set: {
          'data.set': data,
          ...(type === 'batchTopk'
            ? { 'model.code': { type, units: 24, k: 3 } }
            : { ...code, 'model.code.units': 24 }),
          'training.batchSize': 32,
          adapt: false,
        },
        ...{ epochs: 3, threads: 1, tensorboard: 'none', out: run },
      },
    );
    if (result.status !== 'finished') throw new Error('it was stopped');
    const { sparse } = result.evaluation.code!;
    expect(sparse!.active).toBeGreaterThan(0.5);
    expect(sparse!.active).toBeLessThan(type === 'topk' ? 3 + 1e-9 : 24);
    expect(sparse!.frequencies.reduce((a, b) => a + b)).toBe(24);
    expect(sparse!.cosine).toBeGreaterThan(0);

    const out = join(folder, `${type}-sae`);
    const { files } = await exportModel(run, { out, format: 'saelens' });
    expect(files).toEqual([join(out, 'cfg.json'), join(out, 'sae_weights.safetensors')]);
    const config = JSON.parse(await readFile(join(out, 'cfg.json'), 'utf8')) as object;
    expect(config).toMatchObject({
      architecture: type === 'topk' ? 'topk' : 'jumprelu',
      ...{ d_in: COLUMNS, d_sae: 24, apply_b_dec_to_input: true, normalize_activations: 'none' },
    });
    if (missing !== undefined) return;
    const later = vectors(10, 2);
    const rows = Array.from({ length: 10 }, (_, i) => [...later.subarray(i * COLUMNS, (i + 1) * COLUMNS)]);
    const { stdout, stderr, status } = spawnSync(PYTHON!, ['-c', SCRIPT, out], {
      input: JSON.stringify(rows),
    });
    expect(status, String(stderr)).toBe(0);
    const read = JSON.parse(String(stdout)) as {
      codes: number[][];
      made: number[][];
      own: number[][] | null;
    };
    await using model = await loadModel(run, { threads: 1 });
    // The model does not have the column of one value.
    const own = rows.map((row) => row.toSpliced(CONSTANT, 1));
    const codes = await model.encode(own);
    const made = await model.reconstruct(own);
    for (const [row, values] of read.codes.entries()) {
      for (const [unit, value] of values.entries()) {
        expect(Math.abs(value - codes.data[row * 24 + unit]!)).toBeLessThan(1e-4);
        if (read.own !== null) expect(Math.abs(value - read.own[row]![unit]!)).toBeLessThan(1e-5);
      }
      const back = read.made[row]!;
      expect(back[CONSTANT]).toBeCloseTo(2.5, 4);
      for (const [k, value] of back.toSpliced(CONSTANT, 1).entries()) {
        expect(Math.abs(value - made.data[row * (COLUMNS - 1) + k]!)).toBeLessThan(1e-3);
      }
    }
  });
});

test('other codes are not for SAELens, and settings of ONNX files do not go with it', async () => {
  const run = join(folder, 'dense');
  await mkdir(run);
  await train('table', {
    set: { 'data.set': data, adapt: false, 'training.batchSize': 64 },
    ...{ epochs: 1, threads: 1, tensorboard: 'none', out: run },
  });
  const out = join(folder, 'none');
  await expect(exportModel(run, { out, format: 'saelens' })).rejects.toThrow(/has no sparse code.*got dense/);
  const both = { out, format: 'saelens', opset: 17 } as const;
  await expect(exportModel(run, both)).rejects.toThrow(
    "opset: is for ONNX files, and not for format 'saelens'",
  );
});
