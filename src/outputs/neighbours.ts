/** Queries and their nearest references, row by row. */

import type { Model } from '../model/model.ts';
import { svgToPng } from '../raster/index.ts';
import { imageGrid } from '../render/index.ts';

export interface NeighbourRow {
  query: Float32Array;
  /** Nearest first. */
  references: Float32Array[];
}

/** The PNG of some queries, one a row, with their neighbours to the right. */
export async function neighbourPicture(
  { info }: Model,
  rows: readonly NeighbourRow[],
  { subtitle, light }: { subtitle: string; light: boolean },
): Promise<Uint8Array> {
  const { channels, height, width } = info.image;
  const columns = rows[0]!.references.length + 1;
  const size = channels * height * width;
  const images = new Float32Array(rows.length * columns * size);
  for (const [i, { query, references }] of rows.entries()) {
    for (const [j, image] of [query, ...references].entries()) images.set(image, (i * columns + j) * size);
  }
  const ticks = Array.from({ length: columns }, (_, i) => (i === 0 ? 'query' : String(i)));
  return svgToPng(
    imageGrid({
      ...{ title: `${info.recipe}: nearest codes`, subtitle, images, columns, rows: rows.length },
      ...{ height, width, channels: channels as 1 | 3, light },
      xAxis: { label: 'the query image, then its neighbours, nearest first', ticks },
      gap: 4,
    }),
  );
}
