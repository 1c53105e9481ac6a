/** A model's files, as other programs read them: ONNX Runtime in Python and in a browser, PyTorch; and as we do. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExportOptions, exportModel, loadModel, sample } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalNumbers } from '../src/model/normal.ts';
import { CHOICE_STREAM } from '../src/model/samplers/draw.ts';
import { uniformNumbers } from '../src/model/samplers/uniform.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { random } from './reference/random.ts';
import { serveFiles, startBrowser } from './support/browser.ts';
import { IMAGE, MODELS, type ModelName, writeModelFolder } from './support/models.ts';
import { run, temporaryFolder, writeData, writeRecipe } from './support/program.ts';
import { lacking, PYTHON } from './support/python.ts';
import { madeSamplers, madeStatistics } from './support/samplers.ts';

const NAMES = Object.keys(MODELS) as ModelName[];
const COUNT = 5;
const { channels, height, width } = IMAGE;
const SIZE = channels * height * width;

/** What two runtimes may differ by, at most: sums of float32 in another order. */
const TOLERANCE = 1e-5;

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

/** [COUNT, channels, height, width]. */
const bytes = (() => {
  const draw = random(7);
  return Uint8Array.from({ length: COUNT * SIZE }, () => Math.floor(256 * draw()));
})();
const images = Float32Array.from(bytes, (byte) => byte / 255);
/** The same with the channels last. */
const interleaved = bytes.map((_, i) => {
  const [image, rest] = [Math.floor(i / SIZE), i % SIZE];
  return bytes[image * SIZE + (rest % channels) * height * width + Math.floor(rest / channels)]!;
});

/** For each model its files with the values to give them and, from ONNX Runtime for Node, what comes out. */
interface Feed {
  name: string;
  type: 'float32' | 'uint8';
  shape: number[];
  values: number[];
}
interface Case {
  file: string;
  feeds: Feed[];
  expected: Record<string, number[]>;
}
const cases: Case[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of NAMES) {
    await writeModelFolder(at(name), name);
    await addSamplers(name);
    await exportModel(at(name), { out: at(`${name}-bytes`), preprocess: true, opset: 13 });
    const model = await loadModel(at(name), { threads: 1 });
    const codes = (await model.encode(images)).data;
    const reconstruction = [...(await model.reconstruct(images)).data];
    const decoded = [...(await model.decode(codes)).data];
    await model.dispose();
    const units = model.info.codeUnits;
    const image = {
      name: 'image',
      type: 'float32',
      shape: [COUNT, channels, height, width],
      values: [...images],
    };
    const inBytes = {
      name: 'image',
      type: 'uint8',
      shape: [COUNT, height, width, channels],
      values: [...interleaved],
    };
    const code = { name: 'code', type: 'float32', shape: [COUNT, units], values: [...codes] };
    const add = (file: string, feed: object, expected: Record<string, number[]>) =>
      cases.push({ file: at(file), feeds: [feed as Feed], expected });
    for (const [folderName, feed] of [
      [name, image],
      [`${name}-bytes`, inBytes],
    ] as const) {
      add(`${folderName}/autoencoder.onnx`, feed, { reconstruction, code: [...codes] });
      add(`${folderName}/encoder.onnx`, feed, { code: [...codes] });
      add(`${folderName}/decoder.onnx`, code, { reconstruction: decoded });
    }
    if (name === 'variational') add(`${name}/sampler.onnx`, { ...code, name: 'noise' }, { image: decoded });
  }
  for (const [name, from] of SAMPLERS) await addSamplerCase(name, from);
});

/** Samplers that are exported, of which model: a mixture within a range, too. */
const SAMPLERS = [
  ['dense', 'codes'],
  ['dense', 'mixture'],
  ['variational', 'mixture'],
  ['variational', 'flow'],
  ['dense', 'second-stage'],
  ['variational', 'second-stage'],
] as const;

/** Puts next to a model what was fitted to its codes. */
async function addSamplers(name: ModelName): Promise<void> {
  if (name === 'conv') return;
  await using model = await loadModel(at(name), { threads: 1 });
  const { codeUnits, metadata } = model.info;
  const range = name === 'dense' ? { min: -1, max: 1 } : null;
  const { flow, ...samplers } = madeSamplers({ codeUnits, weights: metadata.weights! }, range);
  const fitted = { ...samplers, flow: name === 'variational' ? flow : null };
  await writeFile(at(name, 'samplers.json'), JSON.stringify(fitted));
  await writeFile(at(name, 'statistics.json'), JSON.stringify(madeStatistics(name, codeUnits)));
}

/** The random numbers of `sample` go into an exported sampler, and its codes and images should come out. */
async function addSamplerCase(name: ModelName, from: (typeof SAMPLERS)[number][1]): Promise<void> {
  await using model = await loadModel(at(name), { threads: 1 });
  const { codes, images: drawn } = await sample(model, COUNT, 1, { from });
  const numbers = (feed: string, values: Float32Array): Feed => ({
    ...{ name: feed, type: 'float32', values: [...values], shape: [COUNT, values.length / COUNT] },
  });
  const choice = uniformNumbers(nodeEngine, { count: COUNT, seed: 1, stream: CHOICE_STREAM, first: 0 });
  cases.push({
    file: at(`${name}-bytes`, `sampler-${from}.onnx`),
    feeds: [
      // A draw of a second stage has numbers that are decoded, and as many of the decoder's noise.
      numbers('noise', normalNumbers(nodeEngine, codes.data.length * (from === 'second-stage' ? 2 : 1), 1)),
      ...(from === 'mixture' || from === 'flow' ? [numbers('choice', choice)] : []),
    ],
    expected: { code: [...codes.data], image: [...drawn.data] },
  });
}

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The largest difference of what a program gave to what was expected, over all files. */
function largestDifference(results: readonly Record<string, number[]>[]): number {
  expect(results).toHaveLength(cases.length);
  let largest = 0;
  for (const [i, { expected, file }] of cases.entries()) {
    for (const [name, values] of Object.entries(expected)) {
      expect(results[i]![name], `${file} ${name}`).toHaveLength(values.length);
      for (const [k, value] of values.entries()) {
        largest = Math.max(largest, Math.abs(results[i]![name]![k]! - value));
      }
    }
  }
  return largest;
}

describe('loadModel', () => {
  test('takes a folder, one that was exported, with bytes, and one file; all to the same numbers', async () => {
    for (const name of NAMES) {
      const whole = await loadModel(at(name), { threads: 1 });
      const { data } = await whole.reconstruct(bytes);
      expect(whole.info).toMatchObject({ recipe: name, dataset: 'colours', image: IMAGE });
      for (const path of [at(`${name}-bytes`), at(name, 'autoencoder.onnx')]) {
        const other = await loadModel(path, { threads: 1 });
        expect((await other.reconstruct(bytes)).data).toEqual(data);
        expect((await other.reconstruct(images)).data).toEqual(data);
        expect((await other.encode(bytes)).data).toEqual((await whole.encode(bytes)).data);
        await other.dispose();
      }
      await whole.dispose();
    }
  });

  test('of some files can do what they can, and says what is missing', async () => {
    await exportModel(at('variational'), { out: at('some'), only: ['encoder', 'sampler'] });
    expect((await readdir(at('some'))).sort()).toEqual([
      ...[
        'encoder.onnx',
        'sampler-flow.onnx',
        'sampler-mixture.onnx',
        'sampler-second-stage.onnx',
        'sampler.onnx',
      ],
      ...['samplers.json', 'statistics.json'],
    ]);
    const [whole, some] = [await loadModel(at('variational')), await loadModel(at('some'))];
    const { data } = await whole.reconstruct(images);
    const composed = (await some.reconstruct(images)).data;
    expect(Math.max(...data.map((value, i) => Math.abs(value - composed[i]!)))).toBeLessThan(1e-6);
    const encoder = await loadModel(at('some', 'encoder.onnx'));
    await expect(encoder.decode(new Float32Array(3))).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(
        'lacks the part needed to decode, got encoder alone; add decoder.onnx',
      ),
    });
    for (const model of [whole, some, encoder]) await model.dispose();
  });

  test('refuses floats that are no bytes where a model takes bytes', async () => {
    const model = await loadModel(at('dense-bytes'));
    await expect(model.encode(images.map((value) => value / 2))).rejects.toThrow(
      'must be bytes, or floats that are bytes / 255',
    );
    await model.dispose();
  });

  test.each<[string, (to: string) => Promise<unknown>, RegExp]>([
    [
      'another model’s decoder',
      (to) => copyFile(at('conv', 'decoder.onnx'), join(to, 'decoder.onnx')),
      /decoder\.onnx: is of another model than autoencoder\.onnx: they differ in/,
    ],
    [
      'a decoder of other weights',
      async (to) =>
        copyFile(
          join(await writeModelFolder(at('other'), 'dense', 2), 'decoder.onnx'),
          join(to, 'decoder.onnx'),
        ),
      /decoder\.onnx: is of another model than autoencoder\.onnx: they differ in their metadata/,
    ],
    [
      'weights of another',
      async (to) =>
        copyFile(
          join(await writeModelFolder(at('other'), 'dense', 2), 'weights.safetensors'),
          join(to, 'weights.safetensors'),
        ),
      /they differ in the weights '/,
    ],
    [
      'an encoder that takes bytes',
      (to) => copyFile(at('dense-bytes', 'encoder.onnx'), join(to, 'encoder.onnx')),
      /they differ in what images they take/,
    ],
    [
      'one part in place of another',
      (to) => copyFile(join(to, 'encoder.onnx'), join(to, 'decoder.onnx')),
      /decoder\.onnx: claims to be the encoder of a model/,
    ],
    [
      'a file of others',
      (to) => writeFile(join(to, 'encoder.onnx'), 'ONNX'),
      /encoder\.onnx: is not a readable ONNX model/,
    ],
  ])('refuses %s', async (_, spoil, words) => {
    await rm(at('spoilt'), { recursive: true, force: true });
    await cp(at('dense'), at('spoilt'), { recursive: true });
    await spoil(at('spoilt'));
    await expect(loadModel(at('spoilt'))).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringMatching(words),
    });
  });
});

describe('hourglass export', () => {
  test('from a run, finished or not; nothing is replaced without a request', async () => {
    await writeData(at('data'));
    await writeRecipe(at('tiny.json'));
    const train = ['train', 'tiny.json', '--data-dir', 'data', '--threads', '1', '--tensorboard', 'none'];
    expect(await run(folder, [...train, '--out', 'run'])).toMatchObject({ code: 0, stderr: '' });
    const to = (out: string, options: Partial<ExportOptions> = {}) =>
      exportModel(at('run'), { out: at(out), ...options });

    const { files, epoch } = await to('out');
    expect(epoch).toBe(3);
    for (const file of files) {
      // What is drawn from for want of a prior, as a file of its own.
      if (basename(file) === 'sampler-codes.onnx') continue;
      expect(await readFile(file)).toEqual(await readFile(at('run', 'model', basename(file))));
    }
    expect(files).toContain(at('out', 'sampler-codes.onnx'));
    await expect(to('out')).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/already exists/),
    });
    await to('out', { only: ['encoder'], opset: 15, force: true });
    expect(await readFile(at('out', 'encoder.onnx'))).not.toEqual(
      await readFile(at('run', 'model', 'encoder.onnx')),
    );
    await expect(exportModel(at('conv'), { out: at('new'), only: ['sampler'] })).rejects.toThrow(
      /has no sampler: its code has no prior, and nothing was fitted to its codes/,
    );
    await expect(to('new', { opset: 12 })).rejects.toMatchObject({ kind: 'usage' });
    expect(await readdir(folder)).not.toContain('new');

    const manifest = JSON.parse(await readFile(at('run', 'run.json'), 'utf8')) as object;
    await writeFile(at('run', 'run.json'), JSON.stringify({ ...manifest, status: 'stopped' }));
    await rm(at('run', 'model'), { recursive: true });
    await expect(to('early')).rejects.toMatchObject({
      kind: 'run',
      message: expect.stringMatching(/is stopped: it has no model yet/),
    });
    const { code, stdout, stderr } = await run(folder, ['export', 'run', '--out', 'early', '--checkpoint']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toContain('early/decoder.onnx');
    expect(await readFile(at('early', 'decoder.onnx'))).toEqual(await readFile(at('out', 'decoder.onnx')));
  });
});

/** Runs a script that reads JSON and prints JSON. */
function inPython<T>(script: string, input: unknown, env: NodeJS.ProcessEnv = {}): T {
  const { status, stdout, stderr } = spawnSync(PYTHON!, ['-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1e9,
  });
  expect(stderr.trim().split('\n').at(-1)).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as T;
}

const ONNX_SCRIPT = `
import json, sys
import numpy, onnx, onnxruntime
results = []
for case in json.load(sys.stdin):
    model = onnx.load(case["file"])
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    session = onnxruntime.InferenceSession(case["file"], providers=["CPUExecutionProvider"])
    feeds = {
        feed["name"]: numpy.array(feed["values"], feed["type"]).reshape(feed["shape"]) for feed in case["feeds"]
    }
    names = [output.name for output in session.get_outputs()]
    found = session.run(names, feeds)
    results.append({name: value.flatten().tolist() for name, value in zip(names, found)})
print(json.dumps(results))
`;

const noOnnx = lacking('onnx', 'onnxruntime');
test.skipIf(noOnnx !== undefined)(
  `Python's ONNX${noOnnx === undefined ? '' : ` (skipped: ${noOnnx})`}`,
  () => {
    const difference = largestDifference(inPython(ONNX_SCRIPT, cases));
    expect(difference).toBeLessThan(TOLERANCE);
  },
);

const TORCH_SCRIPT = `
import json, sys
import torch
from load import load
results = []
for case in json.load(sys.stdin):
    model = load(case["file"])
    images = torch.tensor(case["values"]).reshape(case["shape"])
    with torch.no_grad():
        code = model.encode(images)
        found = {"code": code, "reconstruction": model(images), "decoded": model.decode(code)}
        if case["gaussian"]:
            found["logVariance"] = model.encode_gaussian(images)[1]
    results.append({name: value.flatten().tolist() for name, value in found.items()})
print(json.dumps(results))
`;

const noTorch = lacking('torch', 'safetensors');
test.skipIf(noTorch !== undefined)(`PyTorch${noTorch === undefined ? '' : ` (skipped: ${noTorch})`}`, () => {
  const examples = fileURLToPath(new URL('../examples/pytorch', import.meta.url));
  const found = inPython<Record<string, number[]>[]>(
    TORCH_SCRIPT,
    NAMES.map((name) => ({
      file: at(name, 'weights.safetensors'),
      shape: [COUNT, channels, height, width],
      values: [...images],
      gaussian: name === 'variational',
    })),
    { PYTHONPATH: examples, PYTHONDONTWRITEBYTECODE: '1' },
  );
  let largest = 0;
  for (const [i, name] of NAMES.entries()) {
    const { expected } = cases.find(({ file }) => file === at(name, 'autoencoder.onnx'))!;
    for (const [output, values] of Object.entries(expected)) {
      expect(found[i]![output]).toHaveLength(values.length);
      for (const [k, value] of values.entries()) {
        largest = Math.max(largest, Math.abs(found[i]![output]![k]! - value));
      }
    }
    expect(found[i]!.decoded).toEqual(found[i]!.reconstruction);
  }
  expect(largest).toBeLessThan(TOLERANCE);
});

/** A function that is evaluated in a page can import nothing: the page has to. */
const PAGE = `<!doctype html><title>models</title>
<script type="module">
  import * as ort from './ort.wasm.min.mjs';
  globalThis.ort = ort;
</script>`;

const started = await startBrowser();
const noBrowser = typeof started === 'string' ? started : undefined;
afterAll(async () => {
  if (typeof started !== 'string') await started.close();
});

test.skipIf(noBrowser !== undefined)(
  `ONNX Runtime in a browser${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`,
  async () => {
    if (typeof started === 'string') return;
    const library = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    const files = new Map<string, Uint8Array | string>([['/index.html', PAGE]]);
    for (const name of ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
      files.set(`/${name}`, readFileSync(join(library, name)));
    }
    for (const [i, { file }] of cases.entries()) files.set(`/${i}.onnx`, readFileSync(file));
    const server = await serveFiles(files);
    try {
      const page = await started.browser.newPage();
      await page.goto(`${server.url}/index.html`);
      const given = cases.map(({ feeds }) => feeds);
      const results = await page.evaluate(async (given) => {
        // biome-ignore lint/suspicious/noExplicitAny: the library's types are of another build
        const { ort } = globalThis as any;
        ort.env.wasm.numThreads = 1;
        const results: Record<string, number[]>[] = [];
        for (const [i, feeds] of given.entries()) {
          const session = await ort.InferenceSession.create(`/${i}.onnx`);
          const tensors = feeds.map(({ name, type, shape, values }) => {
            const data = type === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values);
            return [name, new ort.Tensor(type, data, shape)];
          });
          const found = await session.run(Object.fromEntries(tensors));
          results.push(
            Object.fromEntries(
              Object.entries(found as Record<string, { data: Float32Array }>).map(([name, { data }]) => [
                name,
                [...data],
              ]),
            ),
          );
          await session.release();
        }
        return results;
      }, given);
      const difference = largestDifference(results);
      expect(difference).toBeLessThan(TOLERANCE);
    } finally {
      await server.close();
    }
  },
);
