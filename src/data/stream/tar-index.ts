/** A tar shard → where each of its files lies. Only headers are read. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import {
  LONGEST_TAR_NAME,
  longName,
  paxValues,
  requireWithin,
  TAR_BLOCK,
  type TarHeader,
  tarHeader,
} from '../../codecs/tar.ts';
import { HourglassError } from '../../errors.ts';

export interface TarFile {
  name: string;
  /** Where its content begins, in bytes. */
  offset: number;
  size: number;
  /** Its bytes, if there are few; valid until the next file. */
  content(): Uint8Array | null;
}

/** Bytes of a file whose content is at hand: a label, not a picture. */
const SMALL = 2 ** 14;

/** Read at once: many small entries, or the header of one large one. */
const PIECE = 2 ** 16;

/**
 * The regular files of an archive, in order.
 * @throws HourglassError (data), naming the archive, for one that is damaged or cut short; `onBad` gets it instead, and
 * the files before the damage are given.
 */
export function* tarFiles(path: string, onBad?: (error: HourglassError) => void): Generator<TarFile> {
  const reader = new PieceReader(path);
  try {
    yield* entries(reader, path);
  } catch (error) {
    if (!(error instanceof HourglassError) || onBad === undefined) throw error;
    onBad(error);
  } finally {
    reader.close();
  }
}

function* entries(reader: PieceReader, path: string): Generator<TarFile> {
  const cut = (got: string) => refuse(path, 'must be a complete tar archive', got);
  let next: { name?: string; size?: number } = {};
  for (let at = 0; ; ) {
    const block = reader.at(at, TAR_BLOCK);
    if (block === null)
      throw cut(`one that ends at byte ${reader.size}, without the two empty blocks of its end`);
    const header: TarHeader | null = tarHeader(block, path, at);
    if (header === null) return;
    const size = header.kind === 'file' ? (next.size ?? header.size) : header.size;
    const offset = at + TAR_BLOCK;
    if (!Number.isSafeInteger(size) || offset + size > reader.size) {
      const name = (next.name ?? header.name).slice(0, 100);
      throw cut(`${name} of ${size} bytes, where ${Math.max(0, reader.size - offset)} are left`);
    }
    if (header.kind === 'file') {
      const name = next.name ?? header.name;
      requireWithin(name, path);
      yield {
        name: name.replace(/^(\.\/)+/, ''),
        offset,
        size,
        content: () => (size <= SMALL ? reader.at(offset, size) : null),
      };
      next = {};
    } else if (header.kind === 'other') next = {};
    else {
      if (size > LONGEST_TAR_NAME) throw refuse(path, 'must have names of at most 64 KiB', `${size} bytes`);
      const content = reader.at(offset, size)!;
      if (header.kind === 'name') next.name = longName(content);
      else {
        const { path: name, size: bytes } = paxValues(content, path);
        if (name !== undefined) next.name = name;
        if (bytes !== undefined) next.size = bytes;
      }
    }
    at = offset + TAR_BLOCK * Math.ceil(size / TAR_BLOCK);
  }
}

/** Parts of a file, read a piece at a time. */
class PieceReader {
  readonly size: number;
  private readonly file: number;
  private readonly piece = Buffer.alloc(PIECE);
  private from = 0;
  private length = 0;

  constructor(path: string) {
    this.file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(this.file);
    if (!found.isFile()) {
      closeSync(this.file);
      throw refuse(path, 'must be a file', 'something else');
    }
    this.size = found.size;
  }

  /** `count` bytes, at most those of a piece; null where the file ends before. Valid until the next call. */
  at(offset: number, count: number): Uint8Array | null {
    if (offset + count > this.size) return null;
    if (offset < this.from || offset + count > this.from + this.length) {
      this.from = offset;
      this.length = readSync(this.file, this.piece, 0, PIECE, offset);
      if (this.length < count) return null;
    }
    return this.piece.subarray(offset - this.from, offset - this.from + count);
  }

  close(): void {
    closeSync(this.file);
  }
}

function refuse(subject: string, rule: string, got: string): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
