/** The verbs of the service, in the order in which they are listed: of models of images, and of models of rows. */
import { anomaly } from './anomaly.ts';
import { decode } from './decode.ts';
import { denoise } from './denoise.ts';
import { encode, encodeRows } from './encode.ts';
import { interpolate } from './interpolate.ts';
import { manifold } from './manifold.ts';
import { neighbours } from './neighbours.ts';
import { reconstruct } from './reconstruct.ts';
import * as rows from './rows/index.ts';
import { sample } from './sample.ts';
import type { ServedFacts, Verb } from './verb.ts';

const OF_IMAGES: readonly Verb[] = [
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

const OF_ROWS: readonly Verb[] = [encodeRows, rows.decode, rows.reconstruct, rows.anomaly, rows.sample];

/** The names of all verbs. Each is a route, whatever models are served. */
export const VERB_NAMES: readonly string[] = OF_IMAGES.map(({ name }) => name);

/** What a model that sees pictures through tiles can do with them: others work on codes of pictures. */
const OF_TILES: readonly Verb[] = [reconstruct, denoise, anomaly];

/** The verbs of a model of images, or of rows; {@link lackFor} says which of them a model supports. */
export const verbsFor = ({ info }: Pick<ServedFacts, 'info'>): readonly Verb[] =>
  info.rows === null ? OF_IMAGES : OF_ROWS;

/** What a model lacks for a verb, as "has …"; null if it can do it. */
export function lackFor(verb: Verb, facts: ServedFacts): string | null {
  if (facts.info.tiles !== undefined && !OF_TILES.includes(verb))
    return 'sees pictures through tiles, and has codes of these, not of pictures';
  const { needs } = verb;
  return needs === undefined || needs.fits(facts) ? null : needs.what;
}

/** Those that a model can do. */
export const verbsOf = (facts: ServedFacts): Verb[] =>
  verbsFor(facts).filter((verb) => lackFor(verb, facts) === null);
