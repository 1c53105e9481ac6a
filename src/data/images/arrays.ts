/** Images in one file of numbers (IDX, NPY or CSV), one after the other, read a piece at a time. */
import { MAX_IDX_HEADER, readIdxHeader } from '../../codecs/idx.ts';
import {
  elementCount,
  isNpy,
  MAX_NPY_HEADER,
  type NpyHeader,
  npyValues,
  readNpyHeader,
  rowMajor,
} from '../../codecs/npy.ts';
import { HourglassError } from '../../errors.ts';
import type { ArrayImage, Wanted } from './array-image.ts';
import type { ByteReader } from './bytes.ts';
import { csvImages } from './csv.ts';
import type { RawImage } from './decode.ts';
import { MAX_PIXELS } from './preprocessing.ts';

/** The images of a file of numbers, whose format is recognised by its first bytes. */
export async function* arrayImages(reader: ByteReader, want: Wanted): AsyncGenerator<ArrayImage> {
  const head = await reader.peek(6);
  if (isNpy(head)) yield* npyImages(reader, want);
  else if (head[0] === 0 && head[1] === 0) yield* idxImages(reader, want);
  else yield* csvImages(reader, want);
}

/** How the numbers of an array form images. */
interface Layout extends Omit<RawImage, 'data'> {
  count: number;
}

async function* idxImages(reader: ByteReader, want: Wanted): AsyncGenerator<ArrayImage> {
  const { shape, header } = readIdxHeader(await reader.peek(MAX_IDX_HEADER), reader.name);
  await reader.read(header);
  const layout = layoutOf(shape, want, reader.name);
  const size = layout.height * layout.width * layout.channels;
  for (let i = 0; i < layout.count; i++) yield imageWith(layout, (await reader.read(size))!);
  await requireEnd(reader);
}

async function* npyImages(reader: ByteReader, want: Wanted): AsyncGenerator<ArrayImage> {
  const { name } = reader;
  const header = readNpyHeader(await reader.peek(MAX_NPY_HEADER), name);
  await reader.read(header.header);
  const layout = layoutOf(header.shape, want, name);
  const size = layout.height * layout.width * layout.channels;
  if (header.fortran) {
    // The elements of an image lie far apart: it takes the whole file to find them.
    const count = elementCount(header, name);
    const bytes = (await reader.read(count * header.size))!;
    const values = rowMajor(fractions(header, bytes, name), header.shape);
    for (let i = 0; i < layout.count; i++) yield imageWith(layout, values.subarray(i * size, (i + 1) * size));
  } else {
    for (let i = 0; i < layout.count; i++) {
      yield imageWith(layout, fractions(header, (await reader.read(size * header.size))!, name));
    }
  }
  await requireEnd(reader);
}

const imageWith = ({ count: _, ...layout }: Layout, data: RawImage['data']): ArrayImage => ({
  image: { ...layout, data },
  class: null,
});

/** Bytes as they are, floats checked to be in [0, 1] and of single precision. */
function fractions(header: NpyHeader, bytes: Uint8Array, name: string): RawImage['data'] {
  const values = npyValues(header, bytes);
  if (values instanceof Uint8Array) return values;
  const wrong = values.find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) {
    throw new HourglassError('data', {
      subject: name,
      rule: 'must hold floats from 0 to 1, or bytes',
      got: String(wrong),
      hint: 'divide by the largest possible value, for example 255',
    });
  }
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/**
 * The meaning of the dimensions of an array: [height, width], [n, height, width], [n, values], or with channels first
 * or last.
 * @throws HourglassError (data) for other dimensions.
 */
function layoutOf(shape: readonly number[], want: Wanted, name: string): Layout {
  const found = guess(shape, want);
  if (found === null || found.height * found.width > MAX_PIXELS || found.height * found.width === 0) {
    const { height, width, channels } = want;
    throw new HourglassError('data', {
      subject: name,
      rule: `must hold images: [n, height, width], [n, ${height * width * channels}], [n, channels, height, width] or [n, height, width, channels] with 1 or 3 channels`,
      got: `[${shape.join(', ')}]`,
    });
  }
  return found;
}

const isChannels = (n: number | undefined): n is 1 | 3 => n === 1 || n === 3;
const isColours = (n: number | undefined): n is 3 | 4 => n === 3 || n === 4;

function guess(shape: readonly number[], want: Wanted): Layout | null {
  const [a, b, c, d] = shape as [number, number, number, number];
  const wanted = { height: want.height, width: want.width, channels: want.channels };
  const values = want.height * want.width * want.channels;
  const grey = { channels: 1, layout: 'planes' } as const;
  switch (shape.length) {
    case 2:
      if (b === values) return { count: a, ...wanted, layout: 'planes' };
      return { count: 1, height: a, width: b, ...grey };
    case 3:
      if (a === want.channels && b === want.height && c === want.width && a === 3)
        return { count: 1, ...wanted, layout: 'planes' };
      if (isColours(c)) return { count: 1, height: a, width: b, channels: c, layout: 'pixels' };
      return { count: a, height: b, width: c, ...grey };
    case 4:
      if (isChannels(b) && !(isChannels(d) && d === want.channels && b !== want.channels))
        return { count: a, height: c, width: d, channels: b, layout: 'planes' };
      if (d === 1 || isColours(d)) return { count: a, height: b, width: c, channels: d, layout: 'pixels' };
      return null;
    default:
      return null;
  }
}

async function requireEnd(reader: ByteReader): Promise<void> {
  if ((await reader.peek(1)).length === 0) return;
  throw new HourglassError('data', {
    subject: reader.name,
    rule: 'must end where its dimensions say',
    got: 'more bytes after that',
  });
}
