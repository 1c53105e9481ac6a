/** Several plots of loss curves under one title and one legend: a loss and each of its parts. */
import { wrong } from './checks.ts';
import { BELOW, type CurvePlot, checkPlot, drawPlot, legendEntries, preparePlot } from './curve-plot.ts';
import { legend } from './legend.ts';
import { heading, LABEL, page, SMALL } from './page.ts';
import { fitText, svgText } from './text.ts';

export interface CurvePanel extends CurvePlot {
  /** Above the plot, as "reconstruction". */
  title?: string;
}

export interface CurvePanelsOptions {
  title: string;
  subtitle?: string;
  /** Each with its own axes, two in a row. Series of one name, group and style share a line of the legend. */
  panels: readonly CurvePanel[];
}

const MARGIN = 16;
/** The width of a panel with its axis. */
const WIDTH = 440;
/** The height of a plot alone. */
const HEIGHT = 200;

/** The picture of the panels. Loads echarts when first called. */
export async function curvePanels(options: CurvePanelsOptions): Promise<string> {
  const { panels } = options;
  if (panels.length === 0) throw wrong('panels', 'at least one must be given');
  for (const panel of panels) checkPlot(panel);
  const perRow = Math.min(2, panels.length);
  const width = perRow * WIDTH + 22;
  const head = heading(options, { x: MARGIN, y: 13, width: width - 2 * MARGIN });
  // Colours are dealt out once for all panels.
  const entries = legendEntries(panels.flatMap((panel) => panel.series));
  const kinds = new Map(entries.map((entry) => [`${entry.style} ${entry.colour} ${entry.name}`, entry]));
  const names = legend([...kinds.values()], {
    ...{ x: MARGIN, y: head.bottom + 3, width: width - 2 * MARGIN, size: SMALL },
  });

  const prepared = panels.map((panel, i) => {
    const left = (i % perRow) * WIDTH;
    return preparePlot(panel, { left, right: left + WIDTH - 8 });
  });
  const titled = panels.some((panel) => panel.title) ? 26 : 8;
  let y = head.bottom + 3 + names.height + 4;
  const rows: { titleY: number; top: number; bottom: number }[] = [];
  for (let first = 0; first < panels.length; first += perRow) {
    const marks = Math.max(...prepared.slice(first, first + perRow).map((one) => one.marked.height));
    const top = y + titled + marks;
    rows.push({ titleY: y + titled - 9, top, bottom: top + HEIGHT });
    y = top + HEIGHT + BELOW;
  }
  const parts = [...head.parts, names.svg];
  let seen = 0;
  for (const [i, panel] of panels.entries()) {
    const { titleY, top, bottom } = rows[Math.floor(i / perRow)]!;
    const { left, right } = prepared[i]!;
    const own = entries.slice(seen, (seen += panel.series.length));
    const at = { left: (i % perRow) * WIDTH, width, height: y };
    const words = fitText(panel.title ?? '', LABEL, right - left, 'bold');
    if (words) parts.push(svgText(words, left, titleY, { size: LABEL, weight: 'bold' }));
    parts.push(...(await drawPlot(prepared[i]!, { top, bottom }, at, own)));
  }
  return page(width, y, options.title, parts);
}
