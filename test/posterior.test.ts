/** The distribution of codes of a variational model: mean, log-variance and draws, by the public names. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf } from '../src/model/content.ts';
import { openModel } from '../src/model/open.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { loadModel } from '../src/node/load-model.ts';
import { writeModelFolder } from './support/models.ts';

const THREADS = { threads: 1 };
const UNITS = 3;
const COUNT = 4;
const SIZE = 3 * 8 * 8;
const IMAGES = Uint8Array.from({ length: COUNT * SIZE }, (_, i) => (i * 37) % 256);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-posterior-'));
  for (const name of ['variational', 'dense'] as const) await writeModelFolder(join(folder, name), name);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesOf(name: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const file of await readdir(join(folder, name)))
    files.set(file, new Uint8Array(await readFile(join(folder, name, file))));
  return files;
}
const open = (name: string) => loadModel(join(folder, name), THREADS);

test('the mean is the code, and the variance is what encoder.onnx gives', async () => {
  await using model = await open('variational');
  const { mean, logVariance } = await model.posterior(IMAGES);
  expect(mean).toEqual(await model.encode(IMAGES));
  const session = await nodeEngine.open((await filesOf('variational')).get('encoder.onnx')!, THREADS);
  const images = { data: Float32Array.from(IMAGES, (byte) => byte / 255), shape: [COUNT, 3, 8, 8] };
  expect(logVariance).toEqual((await session.run({ image: images })).logVariance);
  await session.dispose();
  expect(logVariance.data.some((value) => value !== logVariance.data[0])).toBe(true);
});

test('draws have the mean and the variance of each image', async () => {
  await using model = await open('variational');
  const { mean, logVariance } = await model.posterior(IMAGES);
  const count = 4000;
  const drawn = await model.drawPosterior(IMAGES, { count, seed: 3 });
  expect(drawn.shape).toEqual([COUNT, count, UNITS]);
  for (let image = 0; image < COUNT; image++) {
    for (let unit = 0; unit < UNITS; unit++) {
      const values = Array.from({ length: count }, (_, k) => drawn.data[(image * count + k) * UNITS + unit]!);
      const average = values.reduce((sum, value) => sum + value, 0) / count;
      const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (count - 1);
      const at = image * UNITS + unit;
      const sigma = Math.exp(logVariance.data[at]! / 2);
      expect(Math.abs(average - mean.data[at]!)).toBeLessThan((5 * sigma) / Math.sqrt(count));
      expect(variance / sigma ** 2).toBeGreaterThan(0.88);
      expect(variance / sigma ** 2).toBeLessThan(1.12);
    }
  }
});

test('draws are the same for the same seed, count and positions, in pieces as well', async () => {
  await using model = await open('variational');
  const whole = await model.drawPosterior(IMAGES, { count: 5, seed: 7 });
  expect(await model.drawPosterior(IMAGES, { count: 5, seed: 7 })).toEqual(whole);
  const piece = await model.drawPosterior(IMAGES.subarray(2 * SIZE), { count: 5, seed: 7, firstRow: 2 });
  expect(piece.data).toEqual(whole.data.slice(2 * 5 * UNITS));
  expect((await model.drawPosterior(IMAGES, { count: 5, seed: 8 })).data).not.toEqual(whole.data);
  expect((await model.drawPosterior(IMAGES)).shape).toEqual([COUNT, 1, UNITS]);
  expect((await model.decode(whole.data)).shape).toEqual([COUNT * 5, 3, 8, 8]);
});

test('a model without a variance says so, and what is wrong is refused', async () => {
  await using plain = await open('dense');
  await expect(plain.posterior(IMAGES)).rejects.toThrow(
    'the variance of a code: needs a variational model: each image has one code in dense',
  );
  await using model = await open('variational');
  await expect(model.drawPosterior(IMAGES, { count: 0 })).rejects.toThrow(
    'must be a whole number, 1 or more',
  );
  await expect(model.drawPosterior(IMAGES, { seed: -1 })).rejects.toThrow(
    'must be a whole number, 0 or more',
  );
  const files = await filesOf('variational');
  files.delete('encoder.onnx');
  await using half = await openModel(nodeEngine, contentOf('half', files, nodeEngine.sha256), THREADS);
  await expect(half.posterior(IMAGES)).rejects.toThrow('the variance of a code: needs half/encoder.onnx');
});

test('an encoder without the output says what to do', async () => {
  const files = await filesOf('variational');
  files.set('encoder.onnx', withoutOutput(files.get('encoder.onnx')!, 'logVariance'));
  await using old = await openModel(nodeEngine, contentOf('old', files, nodeEngine.sha256), THREADS);
  expect((await old.encode(IMAGES)).shape).toEqual([COUNT, UNITS]);
  await expect(old.posterior(IMAGES)).rejects.toThrow(
    'the variance of a code: needs an encoder with the output logVariance: old/encoder.onnx has none; export the run again',
  );
});

interface Part {
  readonly field: number;
  readonly content: Uint8Array;
}

/** The fields of a message that are bytes, in order; others as they are. */
function* partsOf(bytes: Uint8Array): Generator<Part & { readonly raw: Uint8Array }> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const [field, type] = reader.tag();
    const isBytes = type === WireType.LengthDelimited;
    const content = isBytes ? reader.bytes() : new Uint8Array();
    if (!isBytes) reader.skip(type);
    yield { field, content, raw: bytes.subarray(from, reader.pos) };
  }
}

const textsOf = (bytes: Uint8Array, field: number): string[] =>
  [...partsOf(bytes)].filter((part) => part.field === field).map(({ content }) => decoded(content));
const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * An ONNX model less one output and what only it needs. Of ModelProto, field 7 is the graph; of GraphProto, 1 are nodes, 5
 * tensors and 12 outputs; nodes have inputs in field 1 and outputs in 2; tensors have their name in 8, outputs in 1.
 */
function withoutOutput(model: Uint8Array, name: string): Uint8Array {
  const less = (graph: Uint8Array): Uint8Array => {
    let parts = [...partsOf(graph)].filter(
      ({ field, content }) => !(field === 12 && textsOf(content, 1)[0] === name),
    );
    for (let before = 0; before !== parts.length; ) {
      before = parts.length;
      const used = new Set(
        parts.flatMap(({ field, content }) => (field === 1 || field === 12 ? textsOf(content, 1) : [])),
      );
      parts = parts.filter(({ field, content }) => {
        if (field === 1) return textsOf(content, 2).some((output) => used.has(output));
        return field !== 5 || used.has(textsOf(content, 8)[0]!);
      });
    }
    return Buffer.concat(parts.map(({ raw }) => raw));
  };
  const writer = new BinaryWriter();
  for (const { field, content, raw } of partsOf(model)) {
    if (field === 7) writer.tag(field, WireType.LengthDelimited).bytes(less(content));
    else writer.raw(raw);
  }
  return writer.finish();
}
