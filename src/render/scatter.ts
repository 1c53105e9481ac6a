/** Points in the plane, coloured by class: codes of a model with two units, or two of their components. */
import { type Box, drawAxes, placing, xAxisHeight, yAxisWidth } from './axes.ts';
import { checkFinite, checkWhole, extent, wrong } from './checks.ts';
import { type Classes, checkClasses, classLegend, classNames, dotSize, dots, medians } from './classes.ts';
import { heading, LABEL, page } from './page.ts';
import { fitText, svgText } from './text.ts';
import { paddedScale } from './ticks.ts';

export interface ScatterPanel {
  /** [n] each; every panel shows the same n points. */
  x: Float32Array | readonly number[];
  y: Float32Array | readonly number[];
  xLabel: string;
  yLabel: string;
  title?: string;
}

export interface ScatterOptions extends Classes {
  title: string;
  subtitle?: string;
  /** One to four, side by side. */
  panels: readonly ScatterPanel[];
  /** Default false: each axis fits its points; else a unit is as long on a panel's one axis as on its other. */
  equalUnits?: boolean;
}

const MARGIN = 16;
/** Side of a panel's plot for one panel, two, three and four. */
const SIDES = [460, 340, 290, 250];
/** Points are drawn in this many turns, each with another class on top. */
const TURNS = 8;

/** The picture of one or more scatters that share a legend. Axes fit each panel's own points. */
export function scatter(options: ScatterOptions): string {
  const { panels, classes } = options;
  check(options);
  const side = SIDES[panels.length - 1]!;
  const titled = panels.some((panel) => panel.title);
  let x = MARGIN;
  const boxes = panels.map((panel) => {
    const [across, up] = options.equalUnits
      ? equally(extent(panel.x), extent(panel.y))
      : [extent(panel.x), extent(panel.y)];
    const scales = { x: paddedScale(...across, side / 60), y: paddedScale(...up, side / 60) };
    const left = x + yAxisWidth(scales.y, true) - 4;
    x = left + side + 18;
    return { ...scales, left, right: left + side };
  });
  const width = x - 18 + MARGIN + 6;
  const head = heading(options, { x: MARGIN, y: 13, width: width - 2 * MARGIN });
  const names = classLegend(classes, {
    ...{ x: MARGIN, y: head.bottom + 3, width: width - 2 * MARGIN },
  });
  const top = head.bottom + 3 + names.height + (titled ? 30 : 12);
  const drawn = panels.flatMap((panel, i) => {
    const { x, y, ...place } = boxes[i]!;
    const box = { ...place, top, bottom: top + side };
    const words = fitText(panel.title ?? '', LABEL, side, 'bold');
    return [
      titled ? svgText(words, box.left, top - 10, { size: LABEL, weight: 'bold' }) : '',
      ...drawAxes(box, { x, y, xLabel: panel.xLabel, yLabel: panel.yLabel, grid: 'both' }),
      ...drawPoints(options, {
        ...{ x: Float64Array.from(panel.x, placing(x, box.left, box.right)) },
        ...{ y: Float64Array.from(panel.y, placing(y, box.bottom, box.top)), box },
      }),
    ];
  });
  const height = top + side + xAxisHeight(true) + 10;
  return page(width, height, options.title, [...head.parts, names.svg, ...drawn]);
}

type Range = [number, number];

/** Two ranges made as long as the longer one, around their middles. */
function equally(a: Range, b: Range): [Range, Range] {
  const half = Math.max(a[1] - a[0], b[1] - b[0]) / 2;
  const around = ([low, high]: Range): Range => [(low + high) / 2 - half, (low + high) / 2 + half];
  return [around(a), around(b)];
}

/** Points by places on the page, their turn a hash of their index: any order of the classes comes out mixed. */
function drawPoints(of: Classes, { x, y, box }: { x: Float64Array; y: Float64Array; box: Box }): string[] {
  const n = of.labels.length;
  const style = { size: dotSize(n), opacity: n > 300 ? 0.75 : 0.9 };
  const chosen: number[][] = Array.from({ length: TURNS }, () => []);
  for (let i = 0; i < n; i++) chosen[Math.floor(((i * 0.618034) % 1) * TURNS)]!.push(i);
  const turns = chosen.map((own, turn) =>
    dots(of, { x, y }, own, { ...style, turn: Math.round((turn * of.classes.length) / TURNS) }),
  );
  return [...turns.flat(), ...classNames(of.classes, medians(of, [x, y]), box)];
}

function check({ panels, ...of }: ScatterOptions): void {
  checkWhole('panels', panels.length, 1, SIDES.length);
  const n = panels[0]!.x.length;
  if (n === 0) throw wrong('a scatter', 'at least one point must be given');
  panels.forEach((panel, i) => {
    for (const axis of ['x', 'y'] as const) {
      const subject = `panel ${i}, ${axis}`;
      if (panel[axis].length !== n) throw wrong(subject, `must have ${n} values`, panel[axis].length);
      checkFinite(subject, panel[axis]);
    }
  });
  checkClasses(of, n);
}
