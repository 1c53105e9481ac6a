/** Text from a file or a pipe, piece by piece. */
import { HourglassError } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';

/**
 * Text in UTF-8, or in UTF-16 with a byte order mark.
 * @param what the formats that it could have been, for errors.
 * @throws HourglassError (data) for bytes that are not text.
 */
export async function* textOf(reader: ByteSource, what: string): AsyncGenerator<string> {
  const encoding = encodingOf(await reader.peek(2));
  const decoder = new TextDecoder(encoding, { fatal: true });
  const refuse = (got: string, hint?: string) =>
    new HourglassError('data', {
      subject: reader.name,
      rule: `must be ${what}`,
      got,
      ...(hint === undefined ? {} : { hint }),
    });
  for (let bytes = await reader.some(); bytes !== null; bytes = await reader.some()) {
    if (encoding === 'utf-8' && bytes.includes(0)) {
      throw refuse('something else', isWide(bytes) ? 'it looks like UTF-16: save it as UTF-8' : undefined);
    }
    yield decoded(() => decoder.decode(bytes!, { stream: true }));
  }
  yield decoded(() => decoder.decode());

  function decoded(decode: () => string): string {
    try {
      return decode();
    } catch {
      throw refuse('text that is not UTF-8', 'save it as UTF-8: iconv -f latin1 -t utf-8');
    }
  }
}

/** Whether text looks like UTF-16 without a byte order mark: every second byte is 0. */
function isWide(bytes: Uint8Array): boolean {
  const some = bytes.subarray(0, 64);
  const zeros = some.filter((byte) => byte === 0).length;
  return zeros >= 0.4 * some.length && zeros <= 0.6 * some.length;
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/**
 * The lines of a text, from 1, with their line breaks; memory is that of a line.
 * @throws HourglassError (data) for a line of more than `longest` characters.
 */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  longest: number,
  file: string,
): AsyncGenerator<{ text: string; line: number }> {
  let held: string[] = [];
  let size = 0;
  let line = 1;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      yield { text: held.join('') + piece.slice(start, end + 1), line: line++ };
      start = end + 1;
      held = [];
      size = 0;
    }
    if (start === piece.length) continue;
    held.push(start === 0 ? piece : piece.slice(start));
    size += piece.length - start;
    if (size > longest) throw tooLong(file, line, longest);
  }
  if (size > 0) yield { text: held.join(''), line };
}

const tooLong = (file: string, line: number, longest: number): HourglassError =>
  new HourglassError('data', {
    subject: `${file}, line ${line}`,
    rule: `must have at most ${longest / 1e6} million characters`,
    got: 'more',
    hint: 'check that its rows are lines of their own',
  });
