/** NPY files of any numbers, for tables: whole numbers of 8 to 64 bits, floats of 16 to 64, true and false. */
import { type NpyHeader, readHeader, refuseNpy } from './npy.ts';

const TYPES = {
  b1: { size: 1, read: (view: DataView, at: number) => (view.getUint8(at) === 0 ? 0 : 1) },
  i1: { size: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  u1: { size: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  i2: { size: 2, read: (view: DataView, at: number, little: boolean) => view.getInt16(at, little) },
  u2: { size: 2, read: (view: DataView, at: number, little: boolean) => view.getUint16(at, little) },
  i4: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getInt32(at, little) },
  u4: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getUint32(at, little) },
  i8: {
    size: 8,
    read: (view: DataView, at: number, little: boolean) => Number(view.getBigInt64(at, little)),
  },
  u8: {
    size: 8,
    read: (view: DataView, at: number, little: boolean) => Number(view.getBigUint64(at, little)),
  },
  f2: { size: 2, read: (view: DataView, at: number, little: boolean) => half(view.getUint16(at, little)) },
  /** Not a type of NumPy: the upper half of a float32, as safetensors files have it. */
  bf16: {
    size: 2,
    read: (view: DataView, at: number, little: boolean) => upperHalf(view.getUint16(at, little)),
  },
  f4: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view: DataView, at: number, little: boolean) => view.getFloat64(at, little) },
} as const;

export type NumberType = keyof typeof TYPES;

/** How numbers are written. */
export interface NumberFormat {
  type: NumberType;
  littleEndian: boolean;
}

/** Bytes of a number. */
export const numberSize = (type: NumberType): number => TYPES[type].size;

export type NumbersHeader = Omit<NpyHeader, 'type'> & { type: NumberType };

/** @throws HourglassError (data) for anything but an NPY file with numbers. */
export function readNumbersHeader(bytes: Uint8Array, name: string): NumbersHeader {
  return readHeader(bytes, name, (descr) => {
    const match = /^'([<>|=]?)([biuf][1248])'$/.exec(descr);
    const type = match?.[2] as NumberType | undefined;
    if (type === undefined || !(type in TYPES)) {
      throw refuseNpy(
        name,
        descr.includes('O')
          ? 'must hold numbers: an array of Python objects is a pickle, which can run any code'
          : 'must hold numbers, true or false',
        descr.replaceAll("'", ''),
        "in Python: numpy.save(file, array.astype('float64'))",
      );
    }
    return { type, littleEndian: match![1] !== '>', size: TYPES[type].size };
  });
}

/** Elements from their bytes, as the header describes them. */
export function numbersOf(format: NumberFormat, bytes: Uint8Array): Float64Array {
  const at = numberReader(format, bytes);
  const numbers = new Float64Array(Math.floor(bytes.length / numberSize(format.type)));
  for (let i = 0; i < numbers.length; i++) numbers[i] = at(i);
  return numbers;
}

/** The element at a place, read when it is asked for. */
export function numberReader(
  { type, littleEndian }: NumberFormat,
  bytes: Uint8Array,
): (index: number) => number {
  const { size, read } = TYPES[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (index) => read(view, index * size, littleEndian);
}

/** A float of 16 bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const bits = new Uint32Array(1);
const floats = new Float32Array(bits.buffer);

/** The float32 whose upper 16 bits these are. */
function upperHalf(upper: number): number {
  bits[0] = upper << 16;
  return floats[0]!;
}
