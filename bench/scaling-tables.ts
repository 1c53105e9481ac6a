/** How training scales, in words: a table for each of what is varied. */
import type { Scaling, StepPoint } from './scaling.ts';
import { format, whole } from './words.ts';

export function scalingLines({ batches, threads, sides, sets }: Scaling): string[] {
  return [
    ...table('dense, images in a batch', batches, whole),
    '',
    ...table('dense at 128, threads', threads, whole),
    '',
    ...table('convolutional at 128, size of an image', sides, (side) => `${side}×${side}`),
    '',
    '| `stacked` at 128, training images | training, µs an image | memory, MiB at most |',
    '| ---: | ---: | ---: |',
    ...sets.map(
      ({ images, microseconds, peakMiB }) =>
        `| ${whole(images)} | ${format(microseconds)} | ${whole(peakMiB)} |`,
    ),
  ];
}

function table(what: string, points: readonly StepPoint[], written: (at: number) => string): string[] {
  return [
    `| ${what} | a step, ms | images/s |`,
    '| ---: | ---: | ---: |',
    ...points.map(
      ({ at, milliseconds, imagesPerSecond }) =>
        `| ${written(at)} | ${format(milliseconds)} | ${whole(imagesPerSecond)} |`,
    ),
  ];
}
