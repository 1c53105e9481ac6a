/** What the studio says of runs and recipes that are not for images. */
import type { RunEntry } from '../../src/studio/protocol.ts';

/** A run that an older page has kept does not say; it has images. */
export const isOfRows = ({ samples }: Pick<RunEntry, 'samples'>): boolean => samples === 'row';

/** Continues "this run …". */
export const TRAINED_ON_ROWS =
  'was trained on rows of a table, and this view shows images. The view Try has its rows by their scores';
