/** Codes of a source as whole numbers, how often each occurs at its place, and codes drawn from that alone. */
import type { ModelEngine } from '../engine/index.ts';
import { requireQuantised } from '../model/apply/integers.ts';
import type { Model } from '../model/model.ts';
import { codesOfIntegers, integersFor, integersOfCodes } from '../model/quantised.ts';
import { uniformNumbers } from '../model/samplers/uniform.ts';
import type { Source } from '../samples/index.ts';
import { sizeOf } from '../size.ts';
import { toldPasses } from './told-passes.ts';

/** [n, length], as floats. */
export async function integersOf(
  model: Model,
  source: Source,
  most: number,
  onShare: (share: number) => void = () => {},
): Promise<Float32Array> {
  const quantised = requireQuantised(model);
  const count = Math.min(source.count, most);
  const length = sizeOf(quantised.shape);
  const integers = new Float32Array(count * length);
  let at = 0;
  for await (const { images, own } of toldPasses(model, source, onShare, count)) {
    const { data } = await own.encode(images);
    const some = integersOfCodes(quantised, data, model.info.recipe).data;
    integers.set(some, at);
    at += some.length;
  }
  return integers.subarray(0, at);
}

/** How often each value occurs at each place, [length, count]; one more than counted, so that none is impossible. */
export function placeCounts(integers: Float32Array, length: number, count: number): Float64Array {
  const counts = new Float64Array(length * count).fill(1);
  for (const [i, value] of integers.entries()) counts[(i % length) * count + value]!++;
  return counts;
}

/** −ln p of codes in nats, a mean over them, where each place is by itself. */
export function independentNats(integers: Float32Array, counts: Float64Array, length: number): number {
  const count = counts.length / length;
  const totals = Array.from({ length }, (_, t) =>
    counts.subarray(t * count, (t + 1) * count).reduce((sum, n) => sum + n, 0),
  );
  let nats = 0;
  for (const [i, value] of integers.entries()) {
    const t = i % length;
    nats -= Math.log(counts[t * count + value]! / totals[t]!);
  }
  return nats / (integers.length / length);
}

/** Training codes that frequencies are counted over, at most. */
const MOST_CODES = 20_000;
/** A stream of random numbers of its own. */
const STREAM = 3;

/** Codes [n, units], one after the other, each whole number drawn by its frequency at its place in training codes. */
export async function independentCodes(
  engine: ModelEngine,
  model: Model,
  train: Source,
  { count: n, seed }: { count: number; seed: number },
): Promise<Float32Array> {
  const quantised = requireQuantised(model);
  const { count, shape } = quantised;
  const length = sizeOf(shape);
  const counts = placeCounts(await integersOf(model, train, MOST_CODES), length, count);
  const chances = uniformNumbers(engine, { count: n * length, seed, stream: STREAM, first: 0 });
  const drawn = integersFor(count, n * length);
  for (let i = 0; i < drawn.length; i++) {
    const own = counts.subarray((i % length) * count, ((i % length) + 1) * count);
    let left = chances[i]! * own.reduce((sum, times) => sum + times, 0);
    drawn[i] = Math.max(
      0,
      own.findIndex((times) => {
        left -= times;
        return left < 0;
      }),
    );
  }
  return codesOfIntegers(quantised, drawn, model.info.recipe);
}
