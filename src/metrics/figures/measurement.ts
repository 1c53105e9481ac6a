/** Measures figures over batches: each measure once, whatever the number of its figures. */
import { sizeOf } from '../../size.ts';
import type { Accumulator, Figure, Measure, MeasuredSamples } from './figure.ts';

/** Those of some figures that apply to samples. */
export const applicable = <F extends Pick<Figure, 'appliesTo'>>(
  figures: readonly F[],
  samples: MeasuredSamples,
): F[] => figures.filter(({ appliesTo }) => appliesTo?.(samples) ?? true);

/** On how many of `count` samples a measure is taken. */
const taken = ({ most }: Measure, samples: MeasuredSamples, count: number): number =>
  most === undefined ? count : Math.min(count, Math.max(1, Math.floor(most / sizeOf(samples.shape))));

/** What a figure is, in words, and on how many of `count` samples it is measured if not on all. */
export function definitionOf(figure: Figure, samples: MeasuredSamples, count: number): string {
  const { definition, measure } = figure;
  const words = typeof definition === 'string' ? definition : definition(samples);
  const some = taken(measure, samples, count);
  return some === count
    ? words
    : `${words}; measured on ${some} of the ${count.toLocaleString('en')} images, spread evenly`;
}

interface Running {
  accumulator: Accumulator;
  /** The share of the samples that it takes, spread evenly. */
  share: number;
}

export class Measurement {
  private readonly keys: ReadonlySet<string>;
  private readonly running: readonly Running[];
  private readonly size: number;
  private seen = 0;

  /** @param count the number of samples that will be added in all. */
  constructor(figures: readonly Figure[], samples: MeasuredSamples, count: number) {
    this.keys = new Set(figures.map(({ key }) => key));
    this.size = sizeOf(samples.shape);
    this.running = [...new Set(figures.map(({ measure }) => measure))].map((measure) => ({
      accumulator: measure.begin(samples),
      share: taken(measure, samples, count) / count,
    }));
  }

  /** `originals` and `others` are [n, ...shape]. */
  add(originals: Float32Array, others: Float32Array): void {
    const { size, seen } = this;
    for (const { accumulator, share } of this.running) {
      if (share === 1) {
        accumulator.add(originals, others);
        continue;
      }
      for (let i = 0; i < originals.length / size; i++) {
        const place = seen + i;
        if (Math.floor(place * share + 1e-9) === Math.floor((place + 1) * share + 1e-9)) continue;
        const [start, end] = [i * size, (i + 1) * size];
        accumulator.add(originals.subarray(start, end), others.subarray(start, end));
      }
    }
    this.seen += originals.length / size;
  }

  /** The value of each figure by key, in the order in which their measures give them. */
  result(): Record<string, number> {
    const values = this.running.flatMap(({ accumulator }) => Object.entries(accumulator.result()));
    return Object.fromEntries(values.filter(([key]) => this.keys.has(key)));
  }
}
