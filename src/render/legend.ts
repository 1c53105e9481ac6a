/** A legend as rows of samples and names within a width, so that nothing overlaps. */
import { fitText, round, svgText, textWidth } from './text.ts';

export interface LegendEntry {
  name: string;
  colour: string;
  /** A line, or a point of a scatter. */
  style: 'solid' | 'dashed' | 'round' | 'square';
}

const LINE = 26;
const POINT = 8;
const GAP = 18;
const ROW = 18;
/** More names than this stand in columns if they need several rows. */
const MANY = 8;

/** The SVG elements of a legend whose upper left corner is (x, y), and the height it takes. */
export function legend(
  entries: readonly LegendEntry[],
  box: { x: number; y: number; width: number; size: number },
): { svg: string; height: number } {
  const written = entries.map((entry) => {
    const before = (isPoint(entry) ? POINT : LINE) + 6;
    const name = fitText(entry.name, box.size, box.width - before);
    return { entry, name, before, width: before + textWidth(name, box.size) };
  });
  const places = placed(
    written.map(({ width }) => width),
    entries,
    box.width,
  );
  const parts = written.map(({ entry, name, before }, i) => {
    const x = box.x + places[i]!.x;
    const middle = box.y + (places[i]!.row + 0.5) * ROW;
    const sample = isPoint(entry) ? dot(entry, x + POINT / 2, middle) : line(entry, x, middle);
    return `${sample}\n${svgText(name, x + before, middle + box.size * 0.36, { size: box.size })}`;
  });
  return { svg: parts.join('\n'), height: (places.at(-1)!.row + 1) * ROW };
}

interface Place {
  x: number;
  row: number;
}

/** Names one after the other; many of them in columns, where pairs of solid and dashed stay side by side. */
function placed(widths: readonly number[], entries: readonly LegendEntry[], room: number): Place[] {
  const flowing = flow(widths, room);
  if (entries.length <= MANY || flowing.at(-1)!.row === 0) return flowing;
  const pitch = Math.max(...widths) + GAP;
  const most = Math.max(1, Math.floor((room + GAP) / pitch));
  const paired = entries.every(({ style }, i) => style === (i % 2 === 0 ? 'solid' : 'dashed'));
  const columns = paired && most > 1 ? most - (most % 2) : most;
  // As few columns as need no more rows, in twos if they are pairs.
  const rows = Math.ceil(entries.length / columns);
  // One long name would make every column wide.
  if (!paired && flowing.at(-1)!.row + 1 < rows) return flowing;
  const step = paired && columns > 1 ? 2 : 1;
  const used = Math.ceil(Math.ceil(entries.length / rows) / step) * step;
  return widths.map((_, i) => ({ x: (i % used) * pitch, row: Math.floor(i / used) }));
}

function flow(widths: readonly number[], room: number): Place[] {
  let [x, row] = [0, 0];
  return widths.map((width) => {
    if (x > 0 && x + width > room) [x, row] = [0, row + 1];
    const place = { x, row };
    x += width + GAP;
    return place;
  });
}

const isPoint = ({ style }: LegendEntry) => style === 'round' || style === 'square';

function line({ colour, style }: LegendEntry, x: number, y: number): string {
  const dash = style === 'dashed' ? ' stroke-dasharray="6 3"' : '';
  return `<path d="M${round(x)} ${y}h${LINE}" stroke="${colour}" stroke-width="2" fill="none"${dash}/>`;
}

function dot({ colour, style }: LegendEntry, x: number, y: number): string {
  return `<path d="M${round(x)} ${y}h0" stroke="${colour}" stroke-width="${POINT}" stroke-linecap="${style}"/>`;
}
