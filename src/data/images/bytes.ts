/** Bytes as they come, from a file or a pipe: read in pieces of a given size, so that memory stays flat. */
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HourglassError } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { isGzip } from '../gzip.ts';

export class ByteReader implements ByteSource {
  readonly name: string;
  private readonly source: AsyncIterator<Uint8Array>;
  private held: Uint8Array = new Uint8Array(0);
  private ended = false;

  /** @param name of the file, for errors. */
  constructor(stream: Readable, name: string) {
    this.name = name;
    this.source = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  /** The same bytes, unpacked if they begin like a gzip file. */
  static async unpacked(stream: Readable, name: string): Promise<ByteReader> {
    const reader = new ByteReader(stream, name);
    if (!isGzip(await reader.peek(2))) return reader;
    return new ByteReader(pipeline(chunksOf(reader), createGunzip(), () => {}) as Readable, name);
  }

  /** The next bytes, up to `most`, left where they are; fewer only at the end. */
  async peek(most: number): Promise<Uint8Array> {
    await this.fill(most);
    return this.held.subarray(0, most);
  }

  /** Exactly `count` bytes; null at the end of the file, if `orEnd` allows it. */
  async read(count: number, orEnd = false): Promise<Uint8Array | null> {
    await this.fill(count);
    if (this.held.length === 0 && orEnd && count > 0) return null;
    if (this.held.length < count) {
      throw this.refuse('must not be cut off', `an end ${count - this.held.length} bytes too early`);
    }
    return this.take(count);
  }

  /** Whatever comes next, null at the end. */
  async some(): Promise<Uint8Array | null> {
    if (this.held.length === 0) await this.fill(1);
    return this.held.length === 0 ? null : this.take(this.held.length);
  }

  /** All that is left. @throws HourglassError (data) for more than `most` bytes. */
  async rest(most: number): Promise<Uint8Array> {
    await this.fill(most + 1);
    if (this.held.length > most) throw this.refuse(`must be at most ${most} bytes`, 'more');
    return this.take(this.held.length);
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private take(count: number): Uint8Array {
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  private async fill(count: number): Promise<void> {
    if (this.held.length >= count || this.ended) return;
    const pieces = [this.held];
    let size = this.held.length;
    while (size < count) {
      const next = await this.next();
      if (next === null) break;
      pieces.push(next);
      size += next.length;
    }
    if (pieces.length > 1) this.held = Buffer.concat(pieces);
  }

  private async next(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.source.next();
      this.ended = done === true;
      return done ? null : value;
    } catch (cause) {
      this.ended = true;
      if (cause instanceof HourglassError) throw cause;
      const { code = '', message } = cause as NodeJS.ErrnoException;
      if (code === 'Z_BUF_ERROR') throw this.refuse('must be a complete gzip file', 'a truncated one');
      if (code.startsWith('Z_')) throw this.refuse('must be an undamaged gzip file', message);
      throw this.refuse('must be readable', code || message);
    }
  }

  private refuse(rule: string, got: string): HourglassError {
    return new HourglassError('data', { subject: this.name, rule, got });
  }
}

/** A stream whose reader stops waiting once `signal` is aborted. */
export const abortable = (stream: Readable, signal: AbortSignal | undefined): Readable =>
  signal === undefined ? stream : addAbortSignal(signal, stream);

async function* chunksOf(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (let chunk = await reader.some(); chunk !== null; chunk = await reader.some()) yield chunk;
}
