/** A legend as rows of samples and names that flow within a width, so that nothing overlaps. */
import { fitText, round, svgText, textWidth } from './text.ts';

export interface LegendEntry {
  name: string;
  colour: string;
  style: 'solid' | 'dashed';
}

const SAMPLE = 26;
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
    const name = fitText(entry.name, box.size, box.width - SAMPLE - 6);
    const width = SAMPLE + 6 + textWidth(name, box.size);
    if (x > box.x && x + width > box.x + box.width) {
      x = box.x;
      rows++;
    }
    const middle = box.y + rows * ROW - ROW / 2;
    const dash = entry.style === 'dashed' ? ' stroke-dasharray="6 3"' : '';
    parts.push(
      `<path d="M${round(x)} ${middle}h${SAMPLE}" stroke="${entry.colour}" stroke-width="2" fill="none"${dash}/>`,
      svgText(name, x + SAMPLE + 6, middle + box.size * 0.36, { size: box.size }),
    );
    x += width + GAP;
  }
  return { svg: parts.join('\n'), height: rows * ROW };
}
