/** The bytes of a file in memory, one after the other. */
import type { ByteSource } from '../../data/byte-source.ts';
import { HourglassError } from '../../errors.ts';

/** Bytes that are given at once. */
const PIECE = 2 ** 18;

export class MemoryBytes implements ByteSource {
  readonly name: string;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
  }

  async peek(most: number): Promise<Uint8Array> {
    return this.bytes.subarray(this.at, this.at + most);
  }

  async read(count: number, orEnd = false): Promise<Uint8Array | null> {
    const left = this.bytes.length - this.at;
    if (left === 0 && orEnd && count > 0) return null;
    if (left < count) throw this.refuse('must not be cut off', `an end ${count - left} bytes too early`);
    return this.take(count);
  }

  async some(): Promise<Uint8Array | null> {
    return this.at === this.bytes.length ? null : this.take(PIECE);
  }

  async rest(most: number): Promise<Uint8Array> {
    if (this.bytes.length - this.at > most) throw this.refuse(`must be at most ${most} bytes`, 'more');
    return this.take(this.bytes.length);
  }

  private take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    this.at += taken.length;
    return taken;
  }

  private refuse(rule: string, got: string): HourglassError {
    return new HourglassError('data', { subject: this.name, rule, got });
  }
}
