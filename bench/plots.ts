/** The page's pictures: throughput against the others, and how training scales. */
import { drawAxes, placing, xAxisHeight, yAxisWidth } from '../src/render/axes.ts';
import { bars } from '../src/render/index.ts';
import { heading, LABEL, page } from '../src/render/page.ts';
import { seriesColour } from '../src/render/palette.ts';
import { round, svgText } from '../src/render/text.ts';
import { linearScale, type Scale } from '../src/render/ticks.ts';
import { RIVALS, type Standing } from './report.ts';
import type { Scaling, StepPoint } from './scaling.ts';
import { number, whole } from './words.ts';

export const title = ({ network, batch }: Pick<Standing, 'network' | 'batch'>) =>
  `${network}, ${whole(batch)}`;

/** Bars for PyTorch and JAX; the peers in JavaScript are so far off that they would leave no room. */
export function throughputPlot(all: readonly Standing[]): string {
  const peers = all.filter(({ rival }) => rival === 'pytorch' || rival === 'jax');
  return bars({
    title: 'Throughput, as a multiple of the other’s best mode',
    subtitle: 'medians of interleaved rounds; work, images in a batch',
    xLabel: 'times as many images a second',
    items: peers.map((standing) => ({
      name: `${title(standing)}: ${RIVALS[standing.rival]}`,
      note: `${standing.aim === null ? '' : `aim ${standing.aim}; `}quartiles ${number(standing.ratio.low)} to ${number(standing.ratio.high)}`,
      value: standing.ratio.median,
      text: number(standing.ratio.median),
    })),
    reference: { name: 'as fast', value: 1 },
  });
}

const MARGIN = 16;
/** Of a panel with its axes; of a plot alone. */
const PANEL = 340;
const PLOT = 150;

interface Panel {
  name: string;
  xLabel: string;
  yLabel: string;
  points: readonly { x: number; y: number }[];
}

/** Four panels of points and lines, each over a logarithmic axis and from zero. */
export function scalingPlot({ batches, threads, sides, sets }: Scaling): string {
  const ofSteps = (points: readonly StepPoint[]) =>
    points.map(({ at, imagesPerSecond }) => ({ x: at, y: imagesPerSecond / 1000 }));
  const yLabel = 'thousand images/s';
  const panels: Panel[] = [
    { name: 'Batch, dense', xLabel: 'images in a batch', yLabel, points: ofSteps(batches) },
    { name: 'Threads, dense at 128', xLabel: 'threads', yLabel, points: ofSteps(threads) },
    {
      name: 'Image size, convolutional at 128',
      xLabel: 'height and width, pixels',
      yLabel,
      points: ofSteps(sides),
    },
    {
      name: 'Data set, stacked at 128',
      xLabel: 'training images',
      yLabel: 'µs an image',
      points: sets.map(({ images, microseconds }) => ({ x: images, y: microseconds.median })),
    },
  ];
  const name = 'How training scales';
  const width = 2 * PANEL + MARGIN;
  const head = heading(
    { title: name, subtitle: 'medians; hourglass alone' },
    { x: MARGIN, y: 13, width: width - 2 * MARGIN },
  );
  const high = 30 + PLOT + xAxisHeight(true) + 14;
  const parts = panels.flatMap((panel, i) =>
    draw(panel, MARGIN + (i % 2) * PANEL, head.bottom + Math.floor(i / 2) * high),
  );
  return page(width, head.bottom + 2 * high, name, [...head.parts, ...parts]);
}

function draw({ name, xLabel, yLabel, points }: Panel, x0: number, y0: number): string[] {
  const x = logarithmic(points.map((point) => point.x));
  const y = linearScale(0, Math.max(...points.map((point) => point.y)), 4);
  const box = {
    left: x0 + yAxisWidth(y, true),
    right: x0 + PANEL - 2 * MARGIN,
    top: y0 + 30,
    bottom: y0 + 30 + PLOT,
  };
  const [across, up] = [placing(x, box.left, box.right), placing(y, box.bottom, box.top)];
  const at = points.map((point) => [round(across(Math.log2(point.x))), round(up(point.y))] as const);
  const colour = seriesColour(0);
  return [
    svgText(name, box.left, y0 + 18, { size: LABEL, weight: 'bold' }),
    ...drawAxes(box, { x, y, xLabel, yLabel }),
    `<polyline points="${at.map((pair) => pair.join()).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`),
  ];
}

/** An axis of base two with a tick at each of some values; drawn at their logarithms. */
function logarithmic(values: readonly number[]): Scale {
  const ticks = values.map(Math.log2);
  const room = 0.06 * (Math.max(...ticks) - Math.min(...ticks) || 1);
  return {
    min: Math.min(...ticks) - room,
    max: Math.max(...ticks) + room,
    ticks,
    label: (tick) => whole(2 ** tick),
  };
}
