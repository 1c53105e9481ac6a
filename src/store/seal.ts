/**
 * Safetensors files that tell whether they are as they were written: one changed bit anywhere is noticed. The first
 * entry of the metadata, `sha256`, is the SHA-256 of the whole file with zeros in that entry's place.
 */
import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, type Safetensor } from '../codecs/safetensors.ts';
import { HourglassError } from '../errors.ts';

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

const ZEROS = Buffer.alloc(64, '0');
/** Where the digest lies: behind the eight bytes of the header's length and these. */
const LEAD = Buffer.from('{"__metadata__":{"sha256":"');
const PLACE = 8 + LEAD.length;

export function encodeSealed(tensors: StoredTensors, metadata: Record<string, string>): Uint8Array {
  const bytes = encodeTensors(tensors, { sha256: ZEROS.toString(), ...metadata });
  bytes.set(Buffer.from(digestOf(bytes)), PLACE);
  return bytes;
}

/** @throws HourglassError naming `file` where it is not, to the bit, what was written. */
export function decodeSealed(bytes: Uint8Array, file: string, hint?: string): TensorFile {
  const has = (what: Uint8Array, at: number) =>
    Buffer.compare(what, bytes.subarray(at, at + what.length)) === 0;
  if (!has(LEAD, 8) || !has(Buffer.from(digestOf(bytes)), PLACE)) {
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
export function decodeWeights(bytes: Uint8Array, file: string): TensorFile {
  const older = decodeTensors(bytes, file);
  return Object.keys(older.metadata).length === 0
    ? older
    : decodeSealed(bytes, file, 'put back a copy as hourglass wrote it');
}

function digestOf(bytes: Uint8Array): string {
  const after = bytes.subarray(PLACE + ZEROS.length);
  return createHash('sha256').update(bytes.subarray(0, PLACE)).update(ZEROS).update(after).digest('hex');
}
