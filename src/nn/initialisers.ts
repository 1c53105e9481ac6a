/** How parameters begin: distributions by fan-in and fan-out, described here and drawn by the kernels. */

export const INITIALISERS = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunNormal',
] as const;
export type InitialiserName = (typeof INITIALISERS)[number];

export type Initialiser =
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'uniform'; readonly low: number; readonly high: number }
  | {
      readonly type: 'normal';
      readonly mean: number;
      readonly std: number;
      /** The name of another parameter of the same shape: both begin with the same numbers. */
      readonly like?: string;
    };

export const zeros: Initialiser = { type: 'constant', value: 0 };
export const ones: Initialiser = { type: 'constant', value: 1 };

/**
 * Glorot & Bengio (2010): variance 2 / (fanIn + fanOut). He et al. (2015): 2 / fanIn. LeCun (1998): 1 / fanIn.
 * The uniform ones have the same variance, on ±√(3 · variance).
 */
export function initialiser(name: InitialiserName, fanIn: number, fanOut: number): Initialiser {
  const variance = name.startsWith('glorot')
    ? 2 / (fanIn + fanOut)
    : name.startsWith('he')
      ? 2 / fanIn
      : 1 / fanIn;
  if (name.endsWith('Normal')) return { type: 'normal', mean: 0, std: Math.sqrt(variance) };
  const bound = Math.sqrt(3 * variance);
  return { type: 'uniform', low: -bound, high: bound };
}
