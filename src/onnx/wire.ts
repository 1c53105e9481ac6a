/**
 * Protobuf's wire format as far as ONNX uses it: numbers of variable length, lengths with bytes, 32-bit floats
 * (https://protobuf.dev/programming-guides/encoding). All that runs over the end, or is longer than the format allows, is refused.
 */

/** Bytes of a number of 64 bits, 7 of them in each. */
const MOST_BYTES = 10;
const TOO_SHORT = 'it ends too early';

export class WireReader {
  /** Where the next byte is read. */
  pos = 0;
  readonly len: number;
  private readonly buffer: Uint8Array;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
    this.len = buffer.length;
  }

  /** The field's number and how its content is written. */
  tag(): [number: number, wireType: number] {
    const tag = this.uint32();
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (number === 0 || wireType > 5) throw new RangeError(`a tag is ${tag}`);
    return [number, wireType];
  }

  int64(): bigint {
    let value = 0n;
    for (let i = 0; i < MOST_BYTES; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new RangeError(`a number has more than ${MOST_BYTES} bytes`);
  }

  uint32(): number {
    // Most tags and lengths have one byte.
    if (this.buffer[this.pos]! < 128) return this.byte();
    const value = this.int64();
    if (value !== BigInt.asUintN(32, value)) throw new RangeError(`a length or a tag is ${value}`);
    return Number(value);
  }

  float(): number {
    const { buffer, byteOffset } = this.skip(4);
    return new DataView(buffer, byteOffset).getFloat32(0, true);
  }

  /** A view of the bytes that follow their length. */
  bytes(): Uint8Array {
    return this.skip(this.uint32());
  }

  private byte(): number {
    if (this.pos >= this.len) throw new RangeError(TOO_SHORT);
    return this.buffer[this.pos++]!;
  }

  private skip(count: number): Uint8Array {
    const end = this.pos + count;
    if (end > this.len) throw new RangeError(TOO_SHORT);
    const found = this.buffer.subarray(this.pos, end);
    this.pos = end;
    return found;
  }
}
