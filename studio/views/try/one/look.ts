/** What the model makes of one picture. */
import { anomaly, encodeIntegers, type IntegerArray, type PageModel } from 'hourglass/web';
import { type NoiseKind, withNoise } from '../noise.ts';
import type { ScoreKind } from '../threshold.ts';

export interface Question {
  /** Bytes [channels, height, width], without noise. */
  readonly image: Uint8Array;
  readonly noise: NoiseKind['type'];
  readonly strength: number;
  readonly seed: number;
  readonly score: ScoreKind;
}

export interface Answer {
  readonly question: Question;
  /** What the encoder was given. */
  readonly input: Float32Array;
  readonly code: Float32Array;
  /** The standard deviation of each unit; null if the model has none, or does not tell. */
  readonly deviation: Float32Array | null;
  /** The code as whole numbers, for models whose codes are quantised. */
  readonly integers: IntegerArray | null;
  readonly reconstruction: Float32Array;
  /** |x − x̂|, x being what the encoder was given. */
  readonly error: Float32Array;
  readonly score: number;
  /** With noise, mean squared distances from the picture without it: of what the encoder was given, and of the reconstruction. */
  readonly fromClean: { readonly input: number; readonly reconstruction: number } | null;
}

export async function lookAt(model: PageModel, question: Question): Promise<Answer> {
  const { image, noise, strength, seed, score } = question;
  const input = withNoise(image, noise, strength, seed);
  // Without a threshold: it may have no statistics, and the page compares.
  const [codes, integers, found] = await Promise.all([
    encoded(model, input),
    model.quantised === undefined ? null : encodeIntegers(model, input),
    anomaly(model, input, { score, threshold: 0 }),
  ]);
  const reconstruction = found.reconstructions.data;
  return {
    question,
    input,
    ...codes,
    integers,
    reconstruction,
    error: found.masks.data,
    score: found.scores[0]!,
    fromClean:
      strength === 0
        ? null
        : { input: distance(image, input), reconstruction: distance(image, reconstruction) },
  };
}

/** The code, and how wide its Gaussian is. */
async function encoded(model: PageModel, input: Float32Array): Promise<Pick<Answer, 'code' | 'deviation'>> {
  if (model.info.hasVariance) {
    // A model of which only some files are here may not have it.
    const found = await model.posterior(input).catch(() => null);
    if (found !== null) {
      const deviation = found.logVariance.data.map((value) => Math.exp(value / 2));
      return { code: found.mean.data, deviation };
    }
  }
  return { code: (await model.encode(input)).data, deviation: null };
}

function distance(clean: Uint8Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < other.length; i++) sum += (clean[i]! / 255 - other[i]!) ** 2;
  return sum / other.length;
}
