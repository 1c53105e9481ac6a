/** A contact sheet: the first images in rows of ten, each below the model's input. A single image is written alone. */
import { imageGrid, svgToPng } from '../../render/index.ts';
import { scaled } from '../model.ts';
import { PartFile } from './part-file.ts';
import { imagePng } from './pictures.ts';
import type { Sink, SinkOptions } from './sink.ts';

const DEFAULT = { columns: 10, rows: 10 };

export async function sheetSink(
  path: string,
  force: boolean,
  { shape, title, subtitle, light, sheet = DEFAULT }: SinkOptions,
): Promise<Sink> {
  const most = sheet.columns * sheet.rows;
  const file = await PartFile.open(path, force);
  const size = shape.reduce((product, n) => product * n, 1);
  const shown: { value: Float32Array; input: Float32Array | null }[] = [];
  let count = 0;
  return {
    async write({ names, values, inputs }) {
      for (let i = 0; i < names.length && shown.length < most; i++) {
        const [from, to] = [i * size, (i + 1) * size];
        shown.push({
          value: values.slice(from, to),
          input: inputs === undefined ? null : scaled(inputs.slice(from, to)),
        });
      }
      count += names.length;
    },
    async finish() {
      const single = count === 1 && shown[0]!.input === null;
      const png = single
        ? imagePng(shown[0]!.value, shape)
        : await svgToPng(
            drawSheet(shown, shape, sheet.columns, {
              title,
              subtitle: withCount(subtitle, count, most),
              light,
            }),
          );
      await file.write(png);
      await file.finish();
      const of =
        shown.length < count ? `the first ${shown.length} of ${count.toLocaleString('en')}` : `${count}`;
      return {
        files: [path],
        what: single ? 'one image' : `a sheet of ${of} images`,
        notes: shown.length < count ? [`a sheet shows at most ${most} images`] : [],
      };
    },
    abandon: () => file.abandon(),
  };
}

const withCount = (subtitle: string, count: number, most: number): string =>
  count > most ? `${subtitle}; the first ${most} of ${count.toLocaleString('en')}` : subtitle;

function drawSheet(
  shown: readonly { value: Float32Array; input: Float32Array | null }[],
  shape: readonly number[],
  inRow: number,
  { title, subtitle, light }: { title: string; subtitle: string; light: boolean },
): string {
  const [channels, height, width] = shape as [1 | 3, number, number];
  const columns = Math.min(inRow, shown.length);
  const paired = shown[0]!.input !== null;
  const lines: (Float32Array | null)[][] = [];
  for (let start = 0; start < shown.length; start += columns) {
    const some = shown.slice(start, start + columns);
    if (paired) lines.push(some.map(({ input }) => input));
    lines.push(some.map(({ value }) => value));
  }
  const size = channels * height * width;
  // Empty places are white, like the page.
  const images = new Float32Array(lines.length * columns * size).fill(light ? 1 : 0);
  for (const [row, line] of lines.entries()) {
    for (const [column, image] of line.entries()) images.set(image!, (row * columns + column) * size);
  }
  return imageGrid({
    ...{ title, subtitle, images, columns, rows: lines.length, height, width, channels, light },
    ...(paired ? { yAxis: { label: '', ticks: lines.map((_, i) => (i % 2 === 0 ? 'in' : 'out')) } } : {}),
  });
}
