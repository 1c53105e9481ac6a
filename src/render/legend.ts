/** A legend as rows of samples and names that flow within a width, so that nothing overlaps. */
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

/** The SVG elements of a legend whose upper left corner is (x, y), and the height it takes. */
export function legend(
  entries: readonly LegendEntry[],
  box: { x: number; y: number; width: number; size: number },
): { svg: string; height: number } {
  const parts: string[] = [];
  let x = box.x;
  let rows = 1;
  for (const entry of entries) {
    const point = entry.style === 'round' || entry.style === 'square';
    const before = (point ? POINT : LINE) + 6;
    const name = fitText(entry.name, box.size, box.width - before);
    const width = before + textWidth(name, box.size);
    if (x > box.x && x + width > box.x + box.width) {
      x = box.x;
      rows++;
    }
    const middle = box.y + rows * ROW - ROW / 2;
    parts.push(
      point ? dot(entry, x + POINT / 2, middle) : line(entry, x, middle),
      svgText(name, x + before, middle + box.size * 0.36, { size: box.size }),
    );
    x += width + GAP;
  }
  return { svg: parts.join('\n'), height: rows * ROW };
}

function line({ colour, style }: LegendEntry, x: number, y: number): string {
  const dash = style === 'dashed' ? ' stroke-dasharray="6 3"' : '';
  return `<path d="M${round(x)} ${y}h${LINE}" stroke="${colour}" stroke-width="2" fill="none"${dash}/>`;
}

function dot({ colour, style }: LegendEntry, x: number, y: number): string {
  return `<path d="M${round(x)} ${y}h0" stroke="${colour}" stroke-width="${POINT}" stroke-linecap="${style}"/>`;
}
