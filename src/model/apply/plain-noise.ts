/**
 * Noise without a graph, for programs that use models and compile nothing: the numbers that {@link addNoise} gives, by the
 * formulas of nn/corruptions.ts. Those of one scale are the same to the bit.
 */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { CorruptionConfig } from '../../models/index.ts';
import { streamOf } from '../../training/index.ts';
import type { ImageValues } from '../given-arrays.ts';
import type { Model } from '../model.ts';
import { type Corrupt, type NoiseOptions, noisyImages } from './denoise.ts';

/** A value and its random number to a value; `level` is the sample's own. */
type Formula = (x: number, noise: number, level: number) => number;

interface PlainNoise {
  distribution: 'uniform' | 'normal';
  /** Whether each sample has a random number of its own, from 0 to 1. */
  hasLevel?: true;
  formula: Formula;
}

/** Settings and results of operations are rounded to float32, as in a graph. */
const { fround } = Math;

/** @throws HourglassError for settings from a model's metadata that are no numbers. */
function requireNumbers({ type, ...settings }: CorruptionConfig): void {
  const [broken] = Object.entries(settings).filter(([, value]) => !Number.isFinite(value));
  if (broken === undefined) return;
  const [name, got] = broken;
  throw new HourglassError('data', {
    subject: `corruption.${name}`,
    rule: `must be a number, and the model's metadata 'traits' say otherwise of ${type}`,
    got: JSON.stringify(got),
    hint: 'give a model that hourglass has written',
  });
}

function plainNoise(corruption: CorruptionConfig): PlainNoise {
  switch (corruption.type) {
    case 'none':
      return { distribution: 'uniform', formula: (x) => x };
    case 'gaussian': {
      const sigma = fround(corruption.sigma);
      const formula: Formula = (x, noise) => Math.min(1, Math.max(0, fround(x + fround(noise * sigma))));
      return { distribution: 'normal', formula };
    }
    case 'multiscaleGaussian': {
      const [least, span] = [
        fround(Math.log(corruption.least)),
        fround(Math.log(corruption.greatest / corruption.least)),
      ];
      const formula: Formula = (x, noise, level) =>
        x + fround(noise * fround(Math.exp(fround(fround(level * span) + least))));
      return { distribution: 'normal', hasLevel: true, formula };
    }
    case 'masking': {
      const rate = fround(corruption.rate);
      return { distribution: 'uniform', formula: (x, u) => (rate === 0 || u > rate ? x : 0) };
    }
    case 'saltAndPepper': {
      const { rate } = corruption;
      const [pepper, salt] = [fround(rate / 2), fround(1 - rate / 2)];
      const formula: Formula = (x, u) => (rate === 0 ? x : u > salt ? 1 : u > pepper ? x : 0);
      return { distribution: 'uniform', formula };
    }
    default:
      throw new HourglassError('usage', {
        subject: 'addNoise',
        rule: `cannot make the corruption '${(corruption as { type: string }).type}' in hourglass/use`,
        hint: 'use addNoise of hourglass or hourglass/web',
      });
  }
}

/** As {@link addNoise}, for all corruptions but made defects and those of extensions. */
export const addPlainNoise = (
  engine: ModelEngine,
  model: Pick<Model, 'info'>,
  images: ImageValues,
  options?: NoiseOptions,
): Promise<FloatArray> => noisyImages(plainCorrupt(engine), model, images, options);

const plainCorrupt =
  (engine: ModelEngine): Corrupt =>
  async (corruption, images, shape, { split, firstRow, seed, range }) => {
    const { distribution, hasLevel = false, formula } = plainNoise(corruption);
    requireNumbers(corruption);
    const values = shape.channels * shape.height * shape.width;
    const count = images.length / values;
    const arena = engine.memory();
    const [noise, levels] = [arena.reserve(images.length), arena.reserve(hasLevel ? count : 0)];
    const stream = (name: string) => streamOf(`noise/${split}/corruption.${name}`);
    const { kernels } = arena;
    const place = [seed, stream('noise'), 0, firstRow * values] as const;
    if (distribution === 'normal') kernels.normal(noise.offset, noise.length, 0, 1, ...place);
    else kernels.uniform(noise.offset, noise.length, 0, 1, ...place);
    if (hasLevel) kernels.uniform(levels.offset, count, 0, 1, seed, stream('level'), 0, firstRow);
    const [numbers, level] = [arena.floats(noise), arena.floats(levels)];
    const [least, most] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const result = images.map((x, i) => {
      const value = formula(x, numbers[i]!, level[Math.floor(i / values)] ?? 0);
      return Math.min(most, Math.max(least, value));
    });
    arena.dispose();
    return result;
  };
