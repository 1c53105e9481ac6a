/** What tells sources with different samples apart. */
import type { Hash, Sha256 } from '../hash.ts';
import { BatchReader } from './batch-reader.ts';
import { rowsWithin } from './passes.ts';
import type { Source } from './source.ts';
import { storedArray, valuesOf } from './spec.ts';

const PASS_BYTES = 2 ** 24;

const known = new WeakMap<Source, Promise<string>>();

/**
 * The SHA-256 of all labels and then all stored values of a source, or its `identity`, as hexadecimal digits. It is
 * computed once for each source; later calls return the same result.
 */
export function fingerprintOf(source: Source, sha256: Sha256): Promise<string> {
  const found = known.get(source);
  if (found !== undefined) return found;
  const made = hashed(source, sha256());
  known.set(source, made);
  // A read that failed may succeed the next time.
  made.catch(() => known.delete(source));
  return made;
}

async function hashed(source: Source, hash: Hash): Promise<string> {
  const { spec, count, labels } = source;
  if (labels !== undefined) hash.update(labels);
  if (source.identity !== undefined) {
    for (const part of source.identity) hash.update(part);
    return hash.digest('hex');
  }
  const size = valuesOf(spec);
  const rows = rowsWithin(PASS_BYTES, size, count);
  const stored = [storedArray(spec, rows), storedArray(spec, rows)] as const;
  for await (const group of new BatchReader(stored).inOrder(source, rows)) {
    const { buffer, byteOffset, byteLength } = stored[group.place].subarray(0, group.count * size);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
