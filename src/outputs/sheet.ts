/** A contact sheet: the first images in rows of ten, each below the model's input. A single image is written alone. */

import { scaled } from '../model/model.ts';
import { fontNotes, svgToPng, wordsOf } from '../raster/index.ts';
import { imageGrid } from '../render/index.ts';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import { imagePng } from './pictures.ts';
import type { Sink, SinkOptions } from './sink.ts';

/** Images in a row, and in all. */
const COLUMNS = 10;
const MOST = 100;

export async function sheetSink(
  path: string,
  force: boolean,
  { shape, title, subtitle, light }: SinkOptions,
): Promise<Sink> {
  const file = await PartFile.open(path, force);
  const size = sizeOf(shape);
  const shown: { value: Float32Array; input: Float32Array | null }[] = [];
  let count = 0;
  return {
    async write({ names, values, inputs }) {
      for (let i = 0; i < names.length && shown.length < MOST; i++) {
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
      const svg = drawSheet(shown, shape, { title, subtitle: withCount(subtitle, count), light });
      await file.write(single ? imagePng(shown[0]!.value, shape) : await svgToPng(svg));
      await file.finish();
      const of =
        shown.length < count ? `the first ${shown.length} of ${count.toLocaleString('en')}` : `${count}`;
      return {
        files: [path],
        what: single ? 'one image' : `a sheet of ${of} images`,
        notes: [
          ...(shown.length < count ? [`a sheet shows at most ${MOST} images`] : []),
          ...(single ? [] : await fontNotes(wordsOf(svg))),
        ],
      };
    },
    abandon: () => file.abandon(),
  };
}

const withCount = (subtitle: string, count: number): string =>
  count > MOST ? `${subtitle}; the first ${MOST} of ${count.toLocaleString('en')}` : subtitle;

function drawSheet(
  shown: readonly { value: Float32Array; input: Float32Array | null }[],
  shape: readonly number[],
  { title, subtitle, light }: { title: string; subtitle: string; light: boolean },
): string {
  const [channels, height, width] = shape as [1 | 3, number, number];
  const columns = Math.min(COLUMNS, shown.length);
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
