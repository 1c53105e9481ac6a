/** The verbs of the service, in the order in which they are listed. */
import { anomaly } from './anomaly.ts';
import { decode } from './decode.ts';
import { denoise } from './denoise.ts';
import { encode } from './encode.ts';
import { interpolate } from './interpolate.ts';
import { manifold } from './manifold.ts';
import { neighbours } from './neighbours.ts';
import { reconstruct } from './reconstruct.ts';
import { sample } from './sample.ts';
import type { ServedFacts, Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [
  encode,
  decode,
  reconstruct,
  denoise,
  anomaly,
  sample,
  interpolate,
  manifold,
  neighbours,
];

/** Those that a model can do. */
export const verbsOf = (facts: ServedFacts): Verb[] =>
  VERBS.filter(({ needs }) => needs === undefined || needs.fits(facts));
