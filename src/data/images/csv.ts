/** A CSV of pixels: a row an image, row by row and channel by channel, with a label before it or none. */
import { HourglassError } from '../../errors.ts';
import { csvRecords } from '../csv-records.ts';
import type { ArrayImage, Wanted } from './array-image.ts';
import type { ByteReader } from './bytes.ts';
import type { RawImage } from './decode.ts';
import { FORMATS } from './formats.ts';

/** Rows that decide whether a file holds bytes or fractions. */
const ROWS_TO_TELL = 100;

interface Row {
  line: number;
  values: Float64Array;
  class: string | null;
}

/**
 * Its images. If none of the first hundred rows has a number above 1, the file holds fractions, otherwise bytes; a later
 * value that does not fit is an error. A first line without numbers is a heading; an extra column at the left is a
 * label.
 */
export async function* csvImages(reader: ByteReader, want: Wanted): AsyncGenerator<ArrayImage> {
  const waiting: Row[] = [];
  let top: 1 | 255 | null = null;
  for await (const row of rows(reader, want)) {
    if (top !== null) {
      yield { image: imageInRow(row, top, want, reader.name), class: row.class };
      continue;
    }
    waiting.push(row);
    if (waiting.length < ROWS_TO_TELL) continue;
    top = topOf(waiting);
    for (const held of waiting.splice(0))
      yield { image: imageInRow(held, top, want, reader.name), class: held.class };
  }
  if (waiting.length > 0) top = topOf(waiting);
  for (const held of waiting) yield { image: imageInRow(held, top!, want, reader.name), class: held.class };
  if (top === null) throw refuse(reader.name, 'must hold rows of pixels', 'none');
}

const topOf = (waiting: readonly Row[]): 1 | 255 =>
  waiting.some(({ values }) => values.some((value) => value > 1)) ? 255 : 1;

async function* rows(reader: ByteReader, want: Wanted): AsyncGenerator<Row> {
  let columns = 0;
  let labelled: boolean | null = null;
  const what = `${FORMATS.join(', ')}, IDX, NPY or CSV`;
  for await (const { line, fields: raw } of csvRecords(reader, what)) {
    const fields = raw.map((field) => field.trim());
    if (columns === 0) {
      columns = fields.length;
      const isHeading = fields.slice(1).some((field) => field === '' || Number.isNaN(Number(field)));
      if (isHeading && /^(label|class|target|y)$/i.test(fields[0]!)) labelled = true;
      if (isHeading && columns > 1) continue;
    }
    if (fields.length !== columns) {
      throw refuse(
        `${reader.name}, line ${line}`,
        `must have ${columns} columns, like the first`,
        fields.length,
      );
    }
    labelled ??= !isImage(columns, want) && isImage(columns - 1, want);
    const numbers = labelled ? fields.slice(1) : fields;
    const values = Float64Array.from(numbers, (field) => (field === '' ? Number.NaN : Number(field)));
    const wrong = values.findIndex((value) => !(value >= 0));
    if (wrong >= 0)
      throw refuse(
        `${reader.name}, line ${line}`,
        'must hold only numbers, 0 or more',
        numbers[wrong]!.slice(0, 40),
      );
    yield { line, values, class: labelled ? fields[0]! : null };
  }
}

const isImage = (columns: number, want: Wanted): boolean => sizeOf(columns, want) !== null;

/** An image of the wanted size, else a square one. */
function sizeOf(count: number, want: Wanted): Pick<RawImage, 'height' | 'width' | 'channels'> | null {
  const { height, width, channels } = want;
  if (count === height * width * channels) return { height, width, channels };
  for (const guess of [1, 3] as const) {
    const side = Math.sqrt(count / guess);
    if (side >= 2 && Number.isInteger(side)) return { height: side, width: side, channels: guess };
  }
  return null;
}

function imageInRow({ line, values }: Row, top: 1 | 255, want: Wanted, name: string): RawImage {
  const subject = `${name}, line ${line}`;
  const size = sizeOf(values.length, want);
  if (size === null) {
    const { height, width, channels } = want;
    const pixels = height * width * channels;
    throw refuse(
      subject,
      `must hold ${pixels} pixels like the model's images, or those of a square`,
      values.length,
    );
  }
  const wrong = values.find((value) => value > top || (top === 255 && !Number.isInteger(value)));
  if (wrong !== undefined) {
    const rule =
      top === 1 ? 'must hold fractions from 0 to 1, like the rows before' : 'must hold whole numbers to 255';
    throw refuse(subject, rule, String(wrong));
  }
  const data = top === 255 ? Uint8Array.from(values) : Float32Array.from(values);
  return { ...size, layout: 'planes', data };
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
