/**
 * What every engine must do. `engineContract(name, makeEngine)` declares the tests; engine-contract.test.ts has a line for
 * each engine, and test/web runs it in browsers. Above all: a result is where the caller asked for it, or there is an error. So every output is filled with
 * NaN before a run.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { gradients } from '../src/autodiff/index.ts';
import type { Binding, Block, Engine, Memory } from '../src/engine/index.ts';
import {
  add,
  BATCH,
  bindShape,
  constant,
  conv,
  gemm,
  input,
  mul,
  reduceSum,
  reshape,
  type Sym,
  sub,
  tanh,
} from '../src/graph/index.ts';
import { autoencoderSchema, defineAutoencoder, objectiveSchema } from '../src/models/index.ts';
import { encodeModel } from '../src/onnx/index.ts';
import { imageSpec, memorySource } from '../src/samples/index.ts';
import { createTrainer, trainingSchema } from '../src/training/index.ts';
import { relativeError } from './reference/differences.ts';
import { evaluate, ndArray } from './reference/interpreter.ts';
import { random } from './reference/random.ts';

/** float32 holds 6e-8; sums and approximated functions cost the rest. */
const TOLERANCE = 5e-6;
const ONE = { threads: 1 };
const SEED = 7;

const sizeOf = (symbol: Sym, rows: number): number =>
  bindShape(symbol.shape, { [BATCH]: rows }).reduce((a, b) => a * b, 1);

/** Symbols with blocks for up to `rows` rows, and what a test does with them. */
function bind(memory: Memory, symbols: Readonly<Record<string, Sym>>, rows: number) {
  const bindings: Record<string, Binding> = {};
  for (const [key, symbol] of Object.entries(symbols)) {
    bindings[key] = { symbol, block: memory.reserve(sizeOf(symbol, rows)) };
  }
  return {
    bindings,
    poison() {
      for (const { block } of Object.values(bindings)) memory.floats(block).fill(Number.NaN);
    },
    fill(seed = SEED) {
      const draw = random(seed);
      for (const { block } of Object.values(bindings)) {
        const values = memory.floats(block);
        for (let i = 0; i < values.length; i++) values[i] = 2 * draw() - 1;
      }
    },
    read: (key: string, count?: number) => memory.floats(bindings[key]!.block, count).slice(),
    /** All bits, NaN's too. */
    bits: () => Object.values(bindings).map(({ block }) => memory.bytes(block).join()),
  };
}

/** Holds a program's outputs on its first `rows` rows against the float64 interpreter. */
function expectComputed(
  inputs: ReturnType<typeof bind>,
  outputs: ReturnType<typeof bind>,
  rows: number,
): void {
  const feeds = new Map(
    Object.entries(inputs.bindings).map(([key, { symbol }]) => {
      const shape = bindShape(symbol.shape, { [BATCH]: rows });
      return [symbol, ndArray(shape, inputs.read(key, sizeOf(symbol, rows)))];
    }),
  );
  const keys = Object.keys(outputs.bindings);
  const expected = evaluate(
    keys.map((key) => outputs.bindings[key]!.symbol),
    feeds,
  );
  for (const [i, key] of keys.entries()) {
    const found = ndArray(expected[i]!.shape, outputs.read(key, expected[i]!.data.length));
    expect(relativeError(found, expected[i]!), key).toBeLessThan(TOLERANCE);
  }
}

/** A model of maps and of rows with its loss and its gradients by weights, as training has. */
function smallModel() {
  const image = input('image', [BATCH, 36]);
  const target = input('target', [BATCH, 3]);
  const kernel = input('kernel', [4, 1, 3, 3]);
  const weight = input('weight', [4 * 36, 3]);
  const bias = input('bias', [3]);
  const maps = tanh(conv(reshape(image, [BATCH, 1, 6, 6]), kernel, { pads: [1, 1, 1, 1] }));
  const y = gemm(reshape(maps, [BATCH, 4 * 36]), weight, { addend: bias });
  const loss = reduceSum(mul(sub(y, target), sub(y, target)));
  const [byKernel, byWeight, byBias] = gradients(loss, [kernel, weight, bias]) as [Sym, Sym, Sym];
  return {
    inputs: { image, target, kernel, weight, bias },
    outputs: { y, loss, byKernel, byWeight, byBias },
  };
}

export function engineContract(name: string, makeEngine: () => Engine | Promise<Engine>): void {
  describe(`the engine ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await makeEngine();
    });

    test('says what it is', () => {
      const { name, version } = engine.describe();
      expect(name).toMatch(/\w/);
      expect(version).toMatch(/^\d+\.\d+/);
    });

    test('runs on the processor', async () => {
      expect(await engine.device('cpu')).toEqual({ device: 'cpu', note: null });
    });

    describe('its memory', () => {
      test('has blocks of zeros, aligned, that do not overlap', () => {
        const memory = engine.memory();
        const before = memory.byteLength;
        const blocks = [1, 16, 17, 1000].map((length) => memory.reserve(length));
        expect(memory.byteLength - before).toBeGreaterThanOrEqual(4 * (1 + 16 + 17 + 1000));
        for (const [i, block] of blocks.entries()) {
          expect(block.offset % 64).toBe(0);
          expect(memory.floats(block).every((value) => value === 0)).toBe(true);
          memory.floats(block).fill(i + 1);
        }
        for (const [i, block] of blocks.entries()) {
          expect([...new Set(memory.floats(block))]).toEqual([i + 1]);
          expect(memory.floats(block).length).toBe(block.length);
        }
      });

      test('is seen in place, as floats, as the first of them, and as bytes', () => {
        const memory = engine.memory();
        const block = memory.reserve(4);
        const early = memory.floats(block);
        memory.floats(block, 2).set([1, -2]);
        expect([...early]).toEqual([1, -2, 0, 0]);
        expect(memory.bytes(block).length).toBe(16);
        expect(memory.bytes(block).subarray(0, 8)).toEqual(new Uint8Array(Float32Array.of(1, -2).buffer));
      });

      test('never grows once it is used', () => {
        const memory = engine.memory();
        memory.floats(memory.reserve(4));
        expect(() => memory.reserve(1)).toThrow();
      });

      test('is gone when it is disposed of, but for views taken before', () => {
        const memory = engine.memory();
        const block = memory.reserve(2);
        const view = memory.floats(block);
        view.set([3, 4]);
        memory.dispose();
        memory.dispose();
        expect([...view]).toEqual([3, 4]);
        expect(() => memory.floats(block)).toThrow();
        expect(() => memory.kernels).toThrow();
        expect(() => memory.reserve(1)).toThrow();
      });
    });

    describe('a program', () => {
      test('writes every result where it was asked for, whatever the result is', async () => {
        const memory = engine.memory();
        const x = input('x', [BATCH, 5]);
        const w = input('w', [5, 4]);
        const scalar = reduceSum(mul(x, x));
        const doubled = mul(x, 2);
        const inputs = bind(memory, { x, w }, 6);
        const outputs = bind(
          memory,
          {
            product: gemm(x, w),
            scalar,
            passedOn: x,
            weights: w,
            constant: constant(3),
            once: doubled,
            twice: doubled,
            used: add(doubled, scalar),
            turned: reshape(x, [5, BATCH]),
          },
          6,
        );
        const graph = { name: 'kinds', inputs: inputs.bindings, outputs: outputs.bindings, memory };
        const program = await engine.compile(graph, ONE);
        for (const seed of [1, 2]) {
          inputs.fill(seed);
          outputs.poison();
          await program.run(6);
          expectComputed(inputs, outputs, 6);
        }
        await program.dispose();
      });

      test('leaves what it was not asked for: rows behind the last, and inputs', async () => {
        const memory = engine.memory();
        const x = input('x', [BATCH, 3]);
        const inputs = bind(memory, { x }, 8);
        const outputs = bind(memory, { y: tanh(x), sum: reduceSum(x, [0]) }, 8);
        const graph = { name: 'rows', inputs: inputs.bindings, outputs: outputs.bindings, memory };
        const program = await engine.compile(graph, ONE);
        inputs.fill();
        const given = inputs.bits();
        for (const rows of [8, 3, 1, 5, 3]) {
          outputs.poison();
          await program.run(rows);
          expectComputed(inputs, outputs, rows);
          expect(
            outputs
              .read('y')
              .subarray(3 * rows)
              .every(Number.isNaN),
          ).toBe(true);
          expect(inputs.bits()).toEqual(given);
        }
        await program.dispose();
      });

      test('refuses a block that is too small before anything runs', async () => {
        const memory = engine.memory();
        const x = input('x', [BATCH, 3]);
        const inputs = bind(memory, { x }, 8);
        const outputs = bind(memory, { y: mul(x, 2), short: mul(x, 3) }, 8);
        outputs.bindings.short = { symbol: mul(x, 3), block: memory.reserve(3 * 4) };
        const graph = { name: 'small', inputs: inputs.bindings, outputs: outputs.bindings, memory };
        const program = await engine.compile(graph, ONE);
        inputs.fill();
        outputs.poison();
        await expect(program.run(5)).rejects.toThrow(RangeError);
        await expect(program.run(9)).rejects.toThrow(RangeError);
        expect(outputs.read('y').every(Number.isNaN)).toBe(true);
        await program.run(4);
        expectComputed(inputs, outputs, 4);
        await program.dispose();
      });

      test('shares a memory with another: one reads what the other wrote', async () => {
        const memory = engine.memory();
        const [a, b] = [input('a', [BATCH, 4]), input('b', [BATCH, 4])];
        const inputs = bind(memory, { a }, 3);
        const between = bind(memory, { y: add(a, 1) }, 3);
        const outputs = bind(memory, { z: mul(b, b) }, 3);
        const first = await engine.compile(
          { name: 'first', inputs: inputs.bindings, outputs: between.bindings, memory },
          ONE,
        );
        const second = await engine.compile(
          {
            name: 'second',
            inputs: { b: { symbol: b, block: between.bindings.y!.block } },
            outputs: outputs.bindings,
            memory,
          },
          ONE,
        );
        inputs.fill();
        between.poison();
        outputs.poison();
        await first.run(3);
        await second.run(3);
        const squares = inputs.read('a').map((value) => Math.fround(Math.fround(value + 1) ** 2));
        expect([...outputs.read('z')]).toEqual([...squares]);
        await first.dispose();
        outputs.poison();
        await second.run(3);
        expect([...outputs.read('z')]).toEqual([...squares]);
        await second.dispose();
      });

      test('is an error to run when it is disposed of, and leaves memory as it is', async () => {
        const memory = engine.memory();
        const x = input('x', [BATCH, 2]);
        const inputs = bind(memory, { x }, 2);
        const outputs = bind(memory, { y: mul(x, 2) }, 2);
        const graph = { name: 'gone', inputs: inputs.bindings, outputs: outputs.bindings, memory };
        const program = await engine.compile(graph, ONE);
        await program.run(2);
        outputs.poison();
        await program.dispose();
        await program.dispose();
        await expect(program.run(2)).rejects.toThrow();
        expect(outputs.read('y').every(Number.isNaN)).toBe(true);
      });

      test('agrees with the interpreter on the gradients of a model, and has the same bits every time', async () => {
        const model = smallModel();
        const seen: string[][] = [];
        for (const _ of [1, 2]) {
          const memory = engine.memory();
          const inputs = bind(memory, model.inputs, 5);
          const outputs = bind(memory, model.outputs, 5);
          const graph = { name: 'model', inputs: inputs.bindings, outputs: outputs.bindings, memory };
          const program = await engine.compile(graph, ONE);
          inputs.fill();
          for (const rows of [5, 2]) {
            outputs.poison();
            await program.run(rows);
            expectComputed(inputs, outputs, rows);
          }
          seen.push(outputs.bits());
          outputs.poison();
          await program.run(5);
          await program.run(2);
          expect(outputs.bits().slice(1)).toEqual(seen.at(-1)!.slice(1));
          await program.dispose();
        }
        expect(seen[0]).toEqual(seen[1]);
      });
    });

    describe('a session', () => {
      const x = input('x', ['N', 3]);
      const outputs = { twice: mul(x, 2), thrice: mul(x, 3), same: x };
      const model = encodeModel({ name: 'session', inputs: { x }, outputs });
      const feeds = { x: { data: Float32Array.of(1, 2, 3), shape: [1, 3] } };

      test('gives all outputs, or writes those that are asked for where they are wanted', async () => {
        const session = await engine.open(model, ONE);
        expect(session.inputs).toEqual(['x']);
        expect(session.outputs).toEqual(['twice', 'thrice', 'same']);
        const all = await session.run(feeds);
        expect(Object.keys(all)).toEqual(['twice', 'thrice', 'same']);
        expect([...all.thrice!.data]).toEqual([3, 6, 9]);
        expect([...all.same!.data]).toEqual([1, 2, 3]);
        for (const [name, values] of [
          ['twice', [2, 4, 6]],
          ['thrice', [3, 6, 9]],
          ['same', [1, 2, 3]],
        ] as const) {
          const place = new Float32Array(7).fill(Number.NaN);
          const into = { [name]: { data: place.subarray(2, 5), shape: [1, 3] } };
          expect(await session.run(feeds, into)).toEqual(into);
          expect([...place]).toEqual([Number.NaN, Number.NaN, ...values, Number.NaN, Number.NaN]);
        }
        await session.dispose();
      });

      test.each([
        ['a place of another shape', feeds, { twice: { data: new Float32Array(2), shape: [1, 2] } }],
        ['a place of another size', feeds, { twice: { data: new Float32Array(9), shape: [3, 3] } }],
        ['an unknown output', feeds, { more: { data: new Float32Array(3), shape: [1, 3] } }],
        [
          'an unknown output beside a known one',
          feeds,
          {
            twice: { data: new Float32Array(3), shape: [1, 3] },
            more: { data: new Float32Array(3), shape: [1, 3] },
          },
        ],
        ['a missing input', {}, undefined],
        ['an input of another shape', { x: { data: new Float32Array(2), shape: [1, 2] } }, undefined],
        ['an input that is too short', { x: { data: new Float32Array(2), shape: [1, 3] } }, undefined],
      ])('%s is an error', async (_, given, into) => {
        const session = await engine.open(model, ONE);
        await expect(session.run(given, into)).rejects.toThrow();
        // It can still be used.
        expect([...(await session.run(feeds)).twice!.data]).toEqual([2, 4, 6]);
        await session.dispose();
      });

      test('is an error to run when it is disposed of', async () => {
        const session = await engine.open(model, ONE);
        await session.dispose();
        await session.dispose();
        await expect(session.run(feeds)).rejects.toThrow();
      });

      test.each([
        ['nothing', new Uint8Array(0)],
        ['noise', Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256)],
        ['half a model', model.slice(0, model.length >> 1)],
      ])('of %s is an error about the file', async (_, bytes) => {
        const error = await engine.open(bytes, { ...ONE, file: 'some/model.onnx' }).catch((thrown) => thrown);
        expect(error).toMatchObject({ name: 'HourglassError', kind: 'data' });
        expect(error.parts.subject).toBe('some/model.onnx');
        expect(error.message).not.toContain('\n');
      });
    });

    describe('its kernels', () => {
      const LENGTH = 1003;
      const draw = random(SEED);
      const numbers = () => Float32Array.from({ length: LENGTH }, () => 2 * draw() - 1);
      const given = { p: numbers(), g: numbers(), m: numbers(), v: numbers().map(Math.abs) };

      /** Blocks with the given values, after some kernels worked on them. */
      function worked(work: (memory: Memory, at: Record<keyof typeof given, Block>) => void) {
        const memory = engine.memory();
        const blocks = Object.fromEntries(
          Object.keys(given).map((key) => [key, memory.reserve(LENGTH)]),
        ) as Record<keyof typeof given, Block>;
        for (const [key, values] of Object.entries(given)) {
          memory.floats(blocks[key as keyof typeof given]).set(values);
        }
        work(memory, blocks);
        return (key: keyof typeof given) => memory.floats(blocks[key]).slice();
      }

      function expectClose(found: Float32Array, expected: (i: number) => number): void {
        const off = found.map(
          (value, i) => Math.abs(value - expected(i)) / Math.max(1, Math.abs(expected(i))),
        );
        expect(Math.max(...off)).toBeLessThan(2e-6);
      }

      test('copy, add, fill, scale, blend and measure', () => {
        const { p, g } = given;
        let measured: unknown[] = [];
        const result = worked(({ kernels }, at) => {
          kernels.copy(at.m.offset, at.p.offset, LENGTH);
          kernels.add(at.m.offset, at.g.offset, LENGTH);
          kernels.scale(at.m.offset, LENGTH, 0.5);
          kernels.blend(at.v.offset, at.p.offset, at.g.offset, LENGTH, 0.25);
          measured = [kernels.sumSquares(at.p.offset, LENGTH), kernels.allFinite(at.p.offset, LENGTH)];
          kernels.fill(at.p.offset + 4 * 7, 1, Number.POSITIVE_INFINITY);
          measured.push(kernels.allFinite(at.p.offset, LENGTH));
        });
        expectClose(result('m'), (i) => (p[i]! + g[i]!) / 2);
        expectClose(result('v'), (i) => p[i]! + 0.25 * (g[i]! - p[i]!));
        expect(measured[0]).toBeCloseTo(
          p.reduce((sum, value) => sum + value * value, 0),
          3,
        );
        expect(measured.slice(1)).toEqual([true, false]);
      });

      test('scale bytes', () => {
        const memory = engine.memory();
        const [bytes, floats] = [memory.reserve(64), memory.reserve(256)];
        memory.bytes(bytes).set(Array.from({ length: 256 }, (_, i) => i));
        memory.kernels.scaleBytes(bytes.offset, floats.offset, 256, 255);
        expect([...memory.floats(floats)]).toEqual(
          Array.from({ length: 256 }, (_, i) => Math.fround(i / 255)),
        );
      });

      test('take the steps of the optimisers', () => {
        const { p, g, m, v } = given;
        const sgd = worked(({ kernels }, at) =>
          kernels.sgd(at.p.offset, at.g.offset, at.m.offset, LENGTH, 0.1, 0.9, false, 0.01, false, 0.5),
        );
        const velocity = (i: number) => 0.9 * m[i]! + (0.5 * g[i]! + 0.01 * p[i]!);
        expectClose(sgd('m'), velocity);
        expectClose(sgd('p'), (i) => p[i]! - 0.1 * velocity(i));
        const [b1, b2] = [0.9, 0.999];
        const adam = worked(({ kernels }, at) =>
          kernels.adam(
            at.p.offset,
            at.g.offset,
            at.m.offset,
            at.v.offset,
            LENGTH,
            0.01,
            b1,
            b2,
            1e-8,
            1 - b1 ** 3,
            1 - b2 ** 3,
            0.1,
            true,
            1,
          ),
        );
        const mean = (i: number) => b1 * m[i]! + (1 - b1) * g[i]!;
        const square = (i: number) => b2 * v[i]! + (1 - b2) * g[i]! ** 2;
        const step = (i: number) =>
          (0.01 * mean(i)) / (1 - b1 ** 3) / (Math.sqrt(square(i) / (1 - b2 ** 3)) + 1e-8);
        expectClose(adam('m'), mean);
        expectClose(adam('v'), square);
        expectClose(adam('p'), (i) => p[i]! * (1 - 0.01 * 0.1) - step(i));
        const rmsprop = worked(({ kernels }, at) =>
          kernels.rmsprop(at.p.offset, at.g.offset, at.v.offset, 0, LENGTH, 0.01, 0.9, 1e-8, 0, 0, false, 1),
        );
        const running = (i: number) => 0.9 * v[i]! + 0.1 * g[i]! ** 2;
        expectClose(rmsprop('v'), running);
        expectClose(rmsprop('p'), (i) => p[i]! - (0.01 * g[i]!) / (Math.sqrt(running(i)) + 1e-8));
        // Gradients themselves stay as they are.
        expect(adam('g')).toEqual(g);
      });

      test('draw numbers that are a function of seed, stream, step and index', () => {
        const memory = engine.memory();
        const [whole, part] = [memory.reserve(4000), memory.reserve(4000)];
        const { kernels } = memory;
        for (const draw of [
          (at: number, n: number, start: number) => kernels.normal(at, n, 0, 1, 5, 1, 2, start),
          (at: number, n: number, start: number) => kernels.uniform(at, n, 0, 1, 5, 1, 2, start),
          (at: number, n: number, start: number) => kernels.keepMask(at, n, 0.3, 5, 1, 2, start),
        ]) {
          draw(whole.offset, 4000, 0);
          draw(part.offset, 1000, 0);
          draw(part.offset + 4 * 1000, 3000, 1000);
          expect(memory.floats(part)).toEqual(memory.floats(whole));
          expect(new Set(memory.floats(whole)).size).toBeGreaterThan(1);
        }
        kernels.permutation(whole.offset, 4000, 5, 1, 2);
        const { buffer, byteOffset } = memory.floats(whole);
        const order = [...new Uint32Array(buffer, byteOffset, 4000)];
        expect(order).not.toEqual(order.toSorted((a, b) => a - b));
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4000 }, (_, i) => i));
      });
    });

    describe('its helpers', () => {
      const SHAPE = { height: 6, width: 6, channels: 1 };
      const draw = random(3);
      const images = memorySource(
        imageSpec(SHAPE),
        Uint8Array.from({ length: 30 * 36 }, () => 256 * draw()),
      );
      const definition = defineAutoencoder(
        autoencoderSchema().parse({
          family: 'autoencoder',
          encoder: [{ type: 'conv', channels: 4, kernel: 3, activation: 'relu' }, { type: 'flatten' }],
          code: { units: 3 },
          decoder: [{ type: 'dense', units: 20, activation: 'tanh' }],
        }),
        SHAPE,
      );

      /** Two steps on a number of threads: losses, the last gradients, weights. */
      async function steps(threads: number) {
        const trainer = await createTrainer(engine, {
          definition,
          objective: objectiveSchema().parse({
            corruption: { type: 'gaussian', sigma: 0.2 },
            loss: { type: 'bce' },
          }),
          settings: trainingSchema.parse({ epochs: 1, batchSize: 24 }),
          seed: 5,
          threads,
        });
        const order = trainer.shuffle(images.count, 0);
        const losses: number[] = [];
        for (const [step, count] of [24, 17].entries()) {
          const place = { step, epochs: step, learningRate: 0.01 };
          losses.push((await trainer.step(images, order.subarray(0, count), place)).loss!);
        }
        const copies = (tensors: Map<string, { values: Float32Array }>) =>
          new Map([...tensors].map(([name, { values }]) => [name, values.slice()]));
        const result = { losses, gradients: copies(trainer.gradients()), weights: copies(trainer.weights()) };
        await trainer.dispose();
        return result;
      }

      test('compute the same gradients as one thread, and the same bits every time', async () => {
        const [alone, helped, again] = [await steps(1), await steps(2), await steps(2)];
        expect(helped).toEqual(again);
        for (const [i, loss] of helped.losses.entries()) expect(loss).toBeCloseTo(alone.losses[i]!, 3);
        for (const [name, values] of helped.gradients) {
          const expected = alone.gradients.get(name)!;
          const largest = Math.max(...expected.map(Math.abs), 1e-6);
          // After one step of Adam: a last bit of a gradient can turn the sign of a tiny one.
          const off = values.map((value, i) => Math.abs(value - expected[i]!) / largest);
          expect(Math.max(...off), name).toBeLessThan(1e-3);
        }
      });

      test('say so when they cannot start', async () => {
        const sizes = { parameters: 1, losses: 1, stored: 1 };
        await expect(engine.helpers(1, { not: 'a start' }, sizes)).rejects.toThrow();
        expect(await engine.helpers(0, null, sizes)).toEqual([]);
      });
    });
  });
}
