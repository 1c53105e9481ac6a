/**
 * The noise of the slider: what the model was trained to remove, else Gaussian. The random numbers stay the same while the
 * slider moves, so that noise grows instead of flickering.
 */
import type { PageModel } from 'hourglass/web';

export interface NoiseKind {
  readonly type: 'gaussian' | 'masking' | 'saltAndPepper';
  /** As the label of the slider. */
  readonly label: string;
  /** In the training; null if the model was trained without noise, or with one that the page does not know. */
  readonly trained: number | null;
  readonly most: number;
}

/** The noise for a model. */
export function noiseFor({ corruption }: Pick<PageModel['info'], 'corruption'>): NoiseKind {
  switch (corruption.type) {
    case 'gaussian':
      return {
        type: 'gaussian',
        label: 'Gaussian noise, σ',
        trained: corruption.sigma,
        most: Math.max(1, 2 * corruption.sigma),
      };
    case 'masking':
      return { type: 'masking', label: 'Share of pixels set to 0', trained: corruption.rate, most: 1 };
    case 'saltAndPepper':
      return {
        type: 'saltAndPepper',
        label: 'Share of pixels set to 0 or 1',
        trained: corruption.rate,
        most: 1,
      };
    default:
      return { type: 'gaussian', label: 'Gaussian noise, σ', trained: null, most: 1 };
  }
}

/** Bytes as floats in [0, 1] with this much noise, by the definitions of the recipes' corruptions. */
export function withNoise(
  image: Uint8Array,
  type: NoiseKind['type'],
  strength: number,
  seed: number,
): Float32Array {
  const random = uniform(seed);
  const values = Float32Array.from(image, (value) => value / 255);
  if (strength === 0) return values;
  for (let i = 0; i < values.length; i++) {
    const [first, second] = [random(), random()];
    if (type === 'gaussian') {
      // Box and Muller, 1958.
      const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
      values[i] = Math.min(1, Math.max(0, values[i]! + strength * normal));
    } else if (first < strength) values[i] = type === 'masking' || second < 0.5 ? 0 : 1;
  }
  return values;
}

/** Numbers in [0, 1) that look random, the same for a seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b9) + 0x6d2b79f5) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
