/**
 * A sheet of walks through the code: a row for each, between the images that it leads from and to. Where a walk begins
 * at the end of the one before, its row continues that one: no picture is drawn twice.
 */

import { scaled } from '../model/model.ts';
import { fontNotes, svgToPng, wordsOf } from '../raster/index.ts';
import { imageGrid } from '../render/index.ts';
import { PartFile } from '../store/index.ts';
import type { Batch, Sink, SinkOptions } from './sink.ts';

/** Walks on a sheet at most. */
export const MOST_WALKS = 40;

interface Walk {
  /** [steps, …shape]. */
  values: Float32Array;
  from: Float32Array | null;
  to: Float32Array | null;
}

/** Each batch is one walk, which begins where the one before ended. */
export async function walkSink(path: string, force: boolean, options: SinkOptions): Promise<Sink> {
  const file = await PartFile.open(path, force);
  const walks: Walk[] = [];
  let count = 0;
  return {
    async write({ values, ends }: Batch) {
      count++;
      if (walks.length === MOST_WALKS) return;
      walks.push({ values, from: ends ? scaled(ends.from) : null, to: ends ? scaled(ends.to) : null });
    },
    async finish() {
      const svg = drawWalks(walks, options);
      await file.write(await svgToPng(svg));
      await file.finish();
      const cut = count > MOST_WALKS;
      const all = `${count.toLocaleString('en')} ${count === 1 ? 'walk' : 'walks'}`;
      return {
        files: [path],
        what: `a sheet of ${cut ? `the first ${MOST_WALKS} of ` : ''}${all}`,
        notes: [
          ...(cut ? [`a sheet shows at most ${MOST_WALKS} walks`] : []),
          ...(await fontNotes(wordsOf(svg))),
        ],
      };
    },
    abandon: () => file.abandon(),
  };
}

/** The places of a row: null stands for an empty one. */
type Place = Float32Array | null;

/** The rows of a sheet: the last one ends with its walk's end, the others leave it to the next row. */
export function walkRows(walks: readonly Walk[], size: number): Place[][] {
  return walks.map(({ values, from, to }, i) => {
    const steps = Array.from({ length: values.length / size }, (_, k) =>
      values.subarray(k * size, (k + 1) * size),
    );
    const last = i === walks.length - 1;
    return [
      ...(from === null ? [] : [from]),
      ...(last ? steps : [...steps.slice(0, -1), null]),
      ...(to === null ? [] : [last ? to : null]),
    ];
  });
}

function drawWalks(walks: readonly Walk[], { shape, title, subtitle, light }: SinkOptions): string {
  const [channels, height, width] = shape as [1 | 3, number, number];
  const size = channels * height * width;
  const rows = walkRows(walks, size);
  const columns = rows[0]!.length;
  // Empty places are white, like the page.
  const images = new Float32Array(rows.length * columns * size).fill(light ? 1 : 0);
  for (const [row, places] of rows.entries()) {
    for (const [column, image] of places.entries()) {
      if (image !== null) images.set(image, (row * columns + column) * size);
    }
  }
  const steps = walks[0]!.values.length / size;
  const shares = Array.from({ length: steps }, (_, k) => String(Number((k / (steps - 1)).toFixed(2))));
  const between = walks[0]!.from !== null;
  return imageGrid({
    title,
    subtitle: walks.length > 1 ? `${subtitle}; each row continues in the next` : subtitle,
    ...{ images, columns, rows: rows.length, height, width, channels, light },
    xAxis: {
      label: `share of the way from one ${between ? 'given image' : 'code'} to the next`,
      ticks: between ? ['given', ...shares, 'given'] : shares,
    },
    gap: 2,
  });
}
