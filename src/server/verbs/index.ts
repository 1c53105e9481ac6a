/** The verbs of the service, in the order in which they are listed. */
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { reconstruct } from './reconstruct.ts';
import type { Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [encode, decode, reconstruct];
