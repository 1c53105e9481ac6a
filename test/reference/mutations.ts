/**
 * Damaged and hostile variants of ONNX files: bits and bytes changed, and, as a stranger with a protobuf library
 * would, fields taken out, doubled, swapped, moved from elsewhere in the file, numbers made huge. For property tests
 * of what reads such files.
 */
import { random } from './random.ts';

/** A protobuf field: a varint, or bytes (fixed numbers of 4 and 8 bytes too). */
export interface RawField {
  number: number;
  wireType: number;
  value: bigint | Uint8Array;
}

export function parseFields(bytes: Uint8Array): RawField[] {
  const fields: RawField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => bytes.slice(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    const wireType = tag & 7;
    const value =
      wireType === 0 ? varint() : take(wireType === 2 ? Number(varint()) : wireType === 5 ? 4 : 8);
    fields.push({ number: tag >> 3, wireType, value });
  }
  return fields;
}

export function writeFields(fields: readonly RawField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const varint = (value: bigint) => {
    const bytes: number[] = [];
    for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
      bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
      if (rest <= 127n) break;
    }
    parts.push(Uint8Array.from(bytes));
  };
  for (const { number, wireType, value } of fields) {
    varint(BigInt(number * 8 + wireType));
    if (typeof value === 'bigint') varint(value);
    else {
      if (wireType === 2) varint(BigInt(value.length));
      parts.push(value);
    }
  }
  return Buffer.concat(parts);
}

/** A field made by hand: text and bytes as they are, numbers as varints. */
export function rawField(number: number, content: string | Uint8Array | number | bigint): RawField {
  if (typeof content === 'number' || typeof content === 'bigint') {
    return { number, wireType: 0, value: BigInt(content) };
  }
  return { number, wireType: 2, value: typeof content === 'string' ? Buffer.from(content) : content };
}

export const textOf = ({ value }: RawField): string =>
  typeof value === 'bigint' ? String(value) : Buffer.from(value).toString();

/** Changes the fields of the message at `path`: the field number of each step, and which of that number. */
export function editAt(
  bytes: Uint8Array,
  path: readonly (readonly [number: number, index: number])[],
  edit: (fields: RawField[]) => RawField[],
): Uint8Array {
  const fields = parseFields(bytes);
  const [step, ...rest] = path;
  if (step === undefined) return writeFields(edit(fields));
  const target = fields.filter(({ number }) => number === step[0])[step[1]]!;
  target.value = editAt(target.value as Uint8Array, rest, edit);
  return writeFields(fields);
}

/** The paths of all messages in a model: nodes and their attributes, tensors, inputs and outputs, and so on. */
export function messagePaths(bytes: Uint8Array): [number, number][][] {
  const NESTED: Record<string, readonly number[]> = {
    '': [7, 8, 14],
    '7': [1, 5, 11, 12],
    '7.1': [5],
    '7.11': [2],
    '7.12': [2],
    '7.11.2': [1],
    '7.12.2': [1],
    '7.11.2.1': [2],
    '7.12.2.1': [2],
    '7.11.2.1.2': [1],
    '7.12.2.1.2': [1],
  };
  const paths: [number, number][][] = [[]];
  const walk = (content: Uint8Array, path: [number, number][]) => {
    const nested = NESTED[path.map(([number]) => number).join('.')] ?? [];
    const seen = new Map<number, number>();
    for (const { number, value } of parseFields(content)) {
      if (!nested.includes(number)) continue;
      const index = seen.get(number) ?? 0;
      seen.set(number, index + 1);
      const to: [number, number][] = [...path, [number, index]];
      paths.push(to);
      walk(value as Uint8Array, to);
    }
  };
  walk(bytes, []);
  return paths;
}

const HUGE = [
  0n,
  1n,
  2n,
  127n,
  128n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Gives variants of one file; the same seed gives the same one. */
export function mutator(original: Uint8Array): (seed: number) => Uint8Array {
  const paths = messagePaths(original);
  return (seed) => mutate(original, paths, seed);
}

function mutate(original: Uint8Array, paths: readonly [number, number][][], seed: number): Uint8Array {
  const draw = random(seed);
  const below = (n: number) => Math.floor(draw() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const kind = below(4);
  if (kind === 0) {
    const bytes = Uint8Array.from(original);
    for (let n = 1 + below(4); n > 0; n--) bytes[below(bytes.length)]! ^= 1 << below(8);
    return bytes;
  }
  if (kind === 1) {
    const at = below(original.length);
    const other = original.subarray(below(original.length)).subarray(0, below(40));
    return Buffer.concat([original.subarray(0, at), other, original.subarray(at + below(2) * other.length)]);
  }
  const donor = at(original, pick(paths));
  return editAt(original, pick(paths), (fields) => {
    if (fields.length === 0) return fields;
    const i = below(fields.length);
    const field = { ...fields[i]! };
    switch (below(6)) {
      case 0:
        return fields.toSpliced(i, 1);
      case 1:
        return fields.toSpliced(below(fields.length), 0, field);
      case 2: {
        const j = below(fields.length);
        return fields.with(i, fields[j]!).with(j, field);
      }
      case 3:
        return donor.length === 0 ? fields : fields.toSpliced(i, 0, pick(donor));
      case 4: {
        const others = donor.filter(({ value }) => typeof value !== 'bigint');
        if (typeof field.value === 'bigint') field.value = pick(HUGE);
        else if (others.length > 0) field.value = pick(others).value;
        return fields.with(i, field);
      }
      default:
        return fields.with(i, { ...field, number: 1 + below(25) });
    }
  });
}

/** The fields of the message at a path. */
function at(bytes: Uint8Array, path: readonly (readonly [number, number])[]): RawField[] {
  const fields = parseFields(bytes);
  const [step, ...rest] = path;
  if (step === undefined) return fields;
  return at(fields.filter(({ number }) => number === step[0])[step[1]]!.value as Uint8Array, rest);
}
