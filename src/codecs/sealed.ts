/**
 * Safetensors files that tell whether they are as they were written: one changed bit anywhere is noticed. The first
 * entry of the metadata, `sha256`, is the SHA-256 of the whole file with zeros in that entry's place.
 */
import { HourglassError } from '../errors.ts';
import type { Sha256 } from '../hash.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensor } from './safetensors.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

export interface TensorFile {
  tensors: StoredTensors;
  metadata: Record<string, string>;
}

export function encodeTensors(tensors: StoredTensors, metadata: Record<string, string>): Uint8Array {
  const entries = new Map<string, Safetensor>();
  for (const [name, { shape, values }] of tensors) {
    entries.set(name, { dtype: 'F32', shape, data: values as Float32Array<ArrayBuffer> });
  }
  return encodeSafetensors(entries, metadata);
}

/** @throws HourglassError naming `file` and the rule. */
export function decodeTensors(bytes: Uint8Array, file: string): TensorFile {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const entries = [...tensors].map(([name, { dtype, shape, data }]) => {
    if (dtype !== 'F32')
      throw new HourglassError('run', { subject: file, rule: `tensor '${name}' must be F32`, got: dtype });
    return [name, { shape, values: data as Float32Array }] as const;
  });
  return { tensors: new Map(entries), metadata };
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const ZEROS = '0'.repeat(64);
/** Where the digest lies: behind the eight bytes of the header's length and these. */
const LEAD = ascii('{"__metadata__":{"sha256":"');
const PLACE = 8 + LEAD.length;

export function encodeSealed(
  tensors: StoredTensors,
  metadata: Record<string, string>,
  sha256: Sha256,
): Uint8Array {
  const bytes = encodeTensors(tensors, { sha256: ZEROS, ...metadata });
  bytes.set(ascii(digestOf(bytes, sha256)), PLACE);
  return bytes;
}

/** @throws HourglassError naming `file` where it is not, to the bit, what was written. */
export function decodeSealed(bytes: Uint8Array, file: string, sha256: Sha256, hint?: string): TensorFile {
  const has = (what: Uint8Array, at: number) => what.every((byte, i) => bytes[at + i] === byte);
  if (!has(LEAD, 8) || !has(ascii(digestOf(bytes, sha256)), PLACE)) {
    throw new HourglassError('run', {
      subject: file,
      rule: 'is damaged: its checksum is not that of its bytes',
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return decodeTensors(bytes, file);
}

/**
 * A model's weights. Those of an older hourglass have no metadata, and so no checksum.
 * @throws HourglassError naming `file` where they are not what was written.
 */
export function decodeWeights(bytes: Uint8Array, file: string, sha256: Sha256): TensorFile {
  const older = decodeTensors(bytes, file);
  return Object.keys(older.metadata).length === 0
    ? older
    : decodeSealed(bytes, file, sha256, 'put back a copy as hourglass wrote it');
}

function digestOf(bytes: Uint8Array, sha256: Sha256): string {
  const hash = sha256();
  hash.update(bytes.subarray(0, PLACE));
  hash.update(ascii(ZEROS));
  hash.update(bytes.subarray(PLACE + ZEROS.length));
  return hash.digest('hex');
}
