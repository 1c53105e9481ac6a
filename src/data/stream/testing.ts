/** tar archives made for tests. */

export interface Entry {
  name: string;
  content: Uint8Array;
  /** Default a regular file. */
  type?: string;
  /** The size that the header says; default the content's. */
  size?: number;
}

const field = (text: string, length: number) => Buffer.from(text.padEnd(length, '\0'), 'latin1');

/** The bytes of an entry: a header, and the content filled up to whole blocks. */
export function tarEntry({ name, content, type = '0', size = content.length }: Entry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0);
  header.set(field('0000644\0', 8), 100);
  header.set(field(`${size.toString(8).padStart(11, '0')}\0`, 12), 124);
  header.write(type, 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((a, b) => a + b, 0);
  header.set(field(`${sum.toString(8).padStart(6, '0')}\0 `, 8), 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** An archive with its two empty blocks at the end. */
export const tar = (entries: readonly Entry[]): Buffer =>
  Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
