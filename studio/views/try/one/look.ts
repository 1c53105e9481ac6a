/** What the model makes of one picture. */
import { anomaly, encodeIntegers, type IntegerArray, type PageModel, type Told } from 'hourglass/web';
import { asClass, classesOf } from '../../../parts/told.ts';
import { type NoiseKind, withNoise } from '../noise.ts';
import type { ScoreKind } from '../threshold.ts';

export interface Question {
  /** Bytes [channels, height, width], without noise. */
  readonly image: Uint8Array;
  readonly noise: NoiseKind['type'];
  readonly strength: number;
  readonly seed: number;
  readonly score: ScoreKind;
  /** For a conditional model: the class of the picture; null for the one that fits best. */
  readonly class: string | null;
  /** The class that it is drawn as; null for its own. */
  readonly as: string | null;
}

/** What a conditional model was told. */
export interface AsClasses {
  /** The class of the picture, as given or as found. */
  readonly own: string;
  /** Whether it was found: the class whose reconstruction is nearest. */
  readonly isFound: boolean;
  /** The class that the reconstruction is drawn as. */
  readonly as: string;
  /** Its code as each class of the model. */
  readonly pictures: readonly Float32Array[];
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
  /** What a conditional model was told; null for others. */
  readonly told: AsClasses | null;
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
  const classes = classesOf(model);
  const own = classes.length === 0 ? null : (question.class ?? (await bestFit(model, classes, input)));
  const told = asClass(own);
  // Without a threshold: it may have no statistics, and the page compares.
  const [codes, integers, found] = await Promise.all([
    encoded(model, input, told),
    model.quantised === undefined ? null : encodeIntegers(model, input, told),
    anomaly(model, input, { score, threshold: 0, ...told }),
  ]);
  const pictures = own === null ? [] : await asEach(model, classes, codes.code);
  const as = question.as ?? own;
  const drawn = as === own ? undefined : pictures[classes.indexOf(as!)];
  const reconstruction = drawn ?? found.reconstructions.data;
  return {
    question,
    input,
    ...codes,
    integers,
    told: own === null ? null : { own, isFound: question.class === null, as: as!, pictures },
    reconstruction,
    error: drawn === undefined ? found.masks.data : drawn.map((value, i) => Math.abs(input[i]! - value)),
    score: found.scores[0]!,
    fromClean:
      strength === 0
        ? null
        : { input: distance(image, input), reconstruction: distance(image, reconstruction) },
  };
}

/** The same values once for each class. */
function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(times * values.length);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** The class as which the picture is reconstructed best. */
async function bestFit(model: PageModel, classes: readonly string[], input: Float32Array): Promise<string> {
  const { data } = await model.reconstruct(repeated(input, classes.length), { classes });
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const i of classes.keys()) {
    let sum = 0;
    for (let k = 0; k < input.length; k++) sum += (input[k]! - data[i * input.length + k]!) ** 2;
    if (sum < least) [best, least] = [i, sum];
  }
  return classes[best]!;
}

async function asEach(
  model: PageModel,
  classes: readonly string[],
  code: Float32Array,
): Promise<Float32Array[]> {
  const { data } = await model.decode(repeated(code, classes.length), { classes });
  const size = data.length / classes.length;
  return classes.map((_, i) => data.slice(i * size, (i + 1) * size));
}

/** The code, and how wide its Gaussian is. */
async function encoded(
  model: PageModel,
  input: Float32Array,
  told: Told,
): Promise<Pick<Answer, 'code' | 'deviation'>> {
  if (model.info.hasVariance) {
    // A model of which only some files are here may not have it.
    const found = await model.posterior(input, told).catch(() => null);
    if (found !== null) {
      const deviation = found.logVariance.data.map((value) => Math.exp(value / 2));
      return { code: found.mean.data, deviation };
    }
  }
  return { code: (await model.encode(input, told)).data, deviation: null };
}

function distance(clean: Uint8Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < other.length; i++) sum += (clean[i]! / 255 - other[i]!) ** 2;
  return sum / other.length;
}
