/** Weights of a layer as images, one per unit: the pattern that each unit responds to. */
import { checkFinite, extent, wrong } from './checks.ts';
import { colourBars } from './colour-bar.ts';
import { coloured } from './colourmaps.ts';
import { drawGrid, gridLayout } from './grid.ts';
import { heading, headingWidth, page } from './page.ts';
import { type ImageSize, levels, sharedCount } from './pixels.ts';

export interface FiltersOptions extends ImageSize {
  title: string;
  subtitle?: string;
  /** [n, height, width], of either sign. */
  images: Float32Array;
  /** Filters in a row; default as many as make the picture about square. */
  columns?: number;
  /**
   * `common` (default): one scale for all, ±the greatest magnitude of any weight. `each`: every filter on its own, ±its
   * own greatest magnitude, so that weak ones are seen too.
   */
  scale?: 'common' | 'each';
  /** What the colours stand for; default "weight". */
  label?: string;
}

const MARGIN = 16;

/** The picture of n filters: blue below zero, white at zero, vermilion above, with a bar of the scale. */
export function filters(options: FiltersOptions): string {
  const { images, scale = 'common', label = 'weight' } = options;
  const count = sharedCount(
    [{ subject: 'filters', images, size: options }],
    'at least one filter must be given',
  );
  checkFinite('filters', images);
  if (scale !== 'common' && scale !== 'each') throw wrong('scale', 'must be common or each', scale);
  const columns = options.columns ?? Math.ceil(Math.sqrt(count));
  const { height, width } = options;
  const grid = gridLayout({ columns, rows: Math.ceil(count / columns), height, width }, 480, 4);

  const reach = magnitude(images);
  const values = scale === 'each' ? normalised(images, height * width) : images;
  const range = scale === 'each' ? ([-1, 1] as const) : ([-reach, reach] as const);
  const name = scale === 'each' ? `${label}, relative to each filter's greatest` : label;
  const inner = Math.max(grid.across + 2, 174, Math.min(headingWidth(options), 720));
  const pageWidth = Math.ceil(inner + 2 * MARGIN);
  const head = heading(options, { x: MARGIN, y: 13, width: pageWidth - 2 * MARGIN });
  const top = head.bottom + 10;
  const bars = colourBars([{ name, scale: 'signed', range }], {
    ...{ x: MARGIN + 1, y: top + grid.down + 12, width: pageWidth - 2 * MARGIN },
  });
  const data = coloured(levels('filters', values, options, range), 'signed');
  return page(pageWidth, Math.ceil(top + grid.down + 12 + bars.height + 12), options.title, [
    ...head.parts,
    drawGrid({ data, channels: 3, count }, grid, { x: MARGIN + 1, y: top, frames: 'each' }),
    ...bars.parts,
  ]);
}

/** The greatest magnitude; 1 where all values are zero, so that there is a scale. */
function magnitude(values: Float32Array): number {
  const [low, high] = extent(values);
  return Math.max(-low, high) || 1;
}

/** Each filter divided by its greatest magnitude. */
function normalised(images: Float32Array, pixels: number): Float32Array {
  const result = new Float32Array(images.length);
  for (let start = 0; start < images.length; start += pixels) {
    const filter = images.subarray(start, start + pixels);
    const reach = magnitude(filter);
    result.set(
      filter.map((value) => value / reach),
      start,
    );
  }
  return result;
}
