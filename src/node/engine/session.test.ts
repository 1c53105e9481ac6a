import { expect, test } from 'vitest';
import { concat, input, mul } from '../../graph/index.ts';
import { END, encodeModel, withEnd } from '../../onnx/index.ts';
import { createSession, openSession, untilEnd } from './session.ts';
import { onnxRuntime } from './vendored.ts';

const x = input('x', ['N', 3]);
const MODEL = encodeModel({ name: 'test', inputs: { x }, outputs: { twice: mul(x, 2), thrice: mul(x, 3) } });
const FEEDS = { x: { data: Float32Array.of(1, 2, 3), shape: [1, 3] } };

test('all outputs, or those that are wanted where they are wanted', async () => {
  const session = await openSession(MODEL, { threads: 1 });
  expect(session.outputs).toEqual(['twice', 'thrice']);
  const all = await session.run(FEEDS);
  expect(Object.keys(all)).toEqual(['twice', 'thrice']);
  expect([...all.thrice!.data]).toEqual([3, 6, 9]);

  const memory = new Float32Array(8).fill(7);
  const thrice = { data: memory.subarray(2, 5), shape: [1, 3] };
  const some = await session.run(FEEDS, { thrice });
  expect(some).toEqual({ thrice });
  expect([...memory]).toEqual([7, 7, 3, 6, 9, 7, 7, 7]);
  await session.dispose();
});

test('a run that fails says so, with its end as without', async () => {
  const session = await openSession(MODEL, { threads: 1 });
  const small = { data: new Float32Array(2), shape: [1, 2] };
  await expect(session.run({ x: small })).rejects.toThrow(/dimension|shape/i);
  await expect(session.run({ x: small }, { twice: small })).rejects.toThrow(/dimension|shape/i);
  await expect(session.run(FEEDS, { twice: small })).rejects.toThrow();
  await session.dispose();
});

test('what the end rests on: the binding stops at an output that is a sequence, after the others are written', async () => {
  const session = await createSession(withEnd(MODEL), { threads: 1 });
  expect(session.outputNames[0]).toBe(END);
  const { Tensor } = onnxRuntime();
  const twice = new Tensor('float32', new Float32Array(3), [1, 3]);
  const run = () => session.run({ x: new Tensor('float32', FEEDS.x.data, [1, 3]) }, { [END]: null, twice });
  await expect(run()).rejects.toThrow('Non tensor type');
  expect([...(twice.data as Float32Array)]).toEqual([2, 4, 6]);
  await expect(untilEnd(run())).resolves.toBeUndefined();
  await session.release();
});

test('an end is the first output of any model, and the rest is as it was', async () => {
  const y = input('y', [2, 2]);
  const model = encodeModel({ name: 'other', inputs: { y }, outputs: { y2: concat([y, y], 1) } });
  const session = await createSession(withEnd(model), { threads: 1 });
  expect(session.inputNames).toEqual(['y']);
  expect(session.outputNames).toEqual([END, 'y2']);
  await session.release();
});
