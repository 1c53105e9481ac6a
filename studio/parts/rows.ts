/** What the studio says of runs and recipes that are not for images. */
import type { RecipeEntry, RunEntry } from '../../src/studio/protocol.ts';

/** A run that an older page has kept does not say; it has images. */
export const isOfRows = ({ samples }: Pick<RunEntry, 'samples'>): boolean => samples === 'rows';

/** Continues "this run …" or "it …". */
export const TRAINED_ON_ROWS =
  'was trained on rows of a table, and the studio shows images. On the command line, hourglass anomaly, encode and reconstruct use it';

/** Recipes of hourglass whose data are a table. One of your own may name a table of picture files. */
export const isForRows = ({ origin, config }: RecipeEntry): boolean =>
  origin === 'hourglass' && /\.csv$/.test(String((config.data as { set?: unknown } | undefined)?.set ?? ''));
