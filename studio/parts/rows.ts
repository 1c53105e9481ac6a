/** Which runs are of rows of a table. */
import type { RunEntry } from '../../src/studio/protocol.ts';

/** A run that an older page has kept does not say; it has images. */
export const isOfRows = ({ samples }: Pick<RunEntry, 'samples'>): boolean => samples === 'row';
