/**
 * Picture files read one after the other. Small ones are read at once while that is fast, because each step through
 * the system's threads takes longer than the file; where it is slow, as from a network, many are read side by side.
 */
import { readSmallFileSync } from '../../read-file.ts';
import { type FoundFile, readFileBounded } from './files.ts';
import { LARGEST_FILE } from './preprocessing.ts';

/** Milliseconds: where files take longer, several in succession, they are better read side by side … */
const SLOW = 0.5;
const SUCCESSION = 5;
/** … as many as this, before it is tried again. */
const SIDE_BY_SIDE = 200;
/** Milliseconds after which other work gets a turn: a request to stop, progress. */
const TURN = 20;

let slow = 0;
let others = 0;
let turned = 0;

/** @throws HourglassError (data) naming the file. */
export async function readPicture({ path, name }: Pick<FoundFile, 'path' | 'name'>): Promise<Uint8Array> {
  const begun = performance.now();
  if (begun - turned > TURN) {
    await new Promise<void>((done) => setImmediate(done));
    turned = performance.now();
  }
  if (others > 0) {
    others--;
    return readFileBounded(path, name, LARGEST_FILE);
  }
  const start = performance.now();
  // Null for a large file, and for one that cannot be read: the other way says which.
  const bytes = readSmallFileSync(path);
  slow = performance.now() - start > SLOW ? slow + 1 : 0;
  if (slow >= SUCCESSION) [slow, others] = [0, SIDE_BY_SIDE];
  return bytes ?? readFileBounded(path, name, LARGEST_FILE);
}
