/** Safetensors files of any numbers, for tables: floats of 16 to 64 bits, bfloat16, whole numbers, true and false. */
import { type NumberType, numberSize } from './npy-numbers.ts';
import { safetensorsLayout } from './safetensors.ts';

const TYPES: Readonly<Record<string, NumberType>> = {
  ...{ F64: 'f8', F32: 'f4', F16: 'f2', BF16: 'bf16' },
  ...{ I64: 'i8', I32: 'i4', I16: 'i2', I8: 'i1', U64: 'u8', U32: 'u4', U16: 'u2', U8: 'u1', BOOL: 'b1' },
};
const SIZES = Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [name, numberSize(type)]));

/** An array of numbers in a file. */
export interface TensorPlace {
  name: string;
  shape: readonly number[];
  /** How its numbers are written, little-endian. */
  type: NumberType;
  /** The type as the file says it. */
  dtype: string;
  /** Where its bytes lie in the file. */
  begin: number;
  end: number;
}

/**
 * The arrays of a file, in the order in which they lie there.
 * @param head the beginning of the file, with its whole header.
 * @param total the bytes of the file; infinity where nobody knows them.
 * @throws HourglassError (data) as `decodeSafetensors` does.
 */
export function tensorPlaces(head: Uint8Array, total: number, name: string): TensorPlace[] {
  const { start, entries } = safetensorsLayout(head, total, name, SIZES);
  return entries
    .map(({ key, dtype, shape, begin, end }) => ({
      ...{ name: key, shape, dtype, type: TYPES[dtype]! },
      ...{ begin: start + begin, end: start + end },
    }))
    .toSorted((a, b) => a.begin - b.begin);
}
