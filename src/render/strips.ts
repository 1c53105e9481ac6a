/**
 * Rows of images with labels, as an SVG picture: test digits above their reconstructions.
 *
 * Values are drawn as ink: low is the white of the page, high is black, so that digits look handwritten and a
 * page of them prints well. Pixels are enlarged here and embedded as one PNG a row: `image-rendering` alone
 * leaves them blurred in some viewers.
 */
import { encodePng } from '../codecs/png.ts';
import { HourglassError } from '../errors.ts';
import { FONT_STACK } from './fonts.ts';
import { PAGE } from './palette.ts';
import { greyRows, type ImageRow, type ImageSize } from './pixels.ts';
import { escapeXml, fitText, round, svgText, textWidth } from './text.ts';

export interface ImageRowsOptions extends ImageSize {
  title?: string;
  subtitle?: string;
  /** Images [n, height, width] each, floats 0…1 or bytes 0…255 unless `range` says otherwise. */
  rows: readonly ImageRow[];
  /** A caption above each image, as its class. */
  columns?: readonly string[];
  /** A word below each column, as its error. */
  footers?: readonly string[];
  /** SVG units a pixel; by default an image is about 56 units wide. */
  scale?: number;
  /** The values drawn white and black; what lies outside is clipped. */
  range?: readonly [number, number];
}

const MARGIN = 14;
const GAP = 5;
const LABEL = 13;
const SMALL = 12;
/** Embedded dots for one SVG unit: what `svgToPng` draws by default, so that it need not resample. */
const DENSITY = 2;

/** The picture of one or more rows of images. */
export function imageRows(options: ImageRowsOptions): string {
  const { rows, height, width, columns, footers } = options;
  const { count, grey } = greyRows(rows, options, options.range);
  for (const [subject, words] of Object.entries({ columns, footers })) {
    if (words !== undefined && words.length !== count) {
      throw wrong(subject, `must be one word for each of the ${count} images of a row`, words.length);
    }
  }
  const scale = options.scale ?? Math.max(1, Math.round(56 / width));
  if (!(Number.isInteger(scale) && scale >= 1 && scale <= 64)) {
    throw wrong('scale', 'must be a whole number from 1 to 64', scale);
  }

  const labels = rows.map((row) => fitText(row.label, LABEL, 180));
  const labelWidth = Math.max(...labels.map((label) => textWidth(label, LABEL)));
  const left = Math.ceil(MARGIN + labelWidth + (labelWidth > 0 ? 10 : 0));
  const [tileWidth, tileHeight] = [width * scale, height * scale];
  const pitch = Math.max(tileWidth + GAP, columnWidth(columns), columnWidth(footers));
  const headings = [options.title, options.subtitle].map((text) => text ?? '');
  const room = Math.max(...headings.map((text, i) => textWidth(text, i ? SMALL : 15, i ? 'normal' : 'bold')));
  // Words wider than an image push the images apart; each stands in the middle of its column.
  const firstX = left + Math.floor((pitch - tileWidth - GAP) / 2);
  const tilesEnd = left + count * pitch - GAP;
  // A heading may make a narrow picture wider, but not without end.
  const pageWidth = Math.ceil(Math.max(tilesEnd, Math.min(MARGIN + room, 720)) + MARGIN);

  const parts: string[] = [];
  let y = MARGIN;
  const [title, subtitle] = headings;
  if (title) {
    const words = fitText(title, 15, pageWidth - 2 * MARGIN, 'bold');
    parts.push(svgText(words, MARGIN, (y += 15) - 2, { size: 15, weight: 'bold' }));
    y += 5;
  }
  if (subtitle) {
    const words = fitText(subtitle, SMALL, pageWidth - 2 * MARGIN);
    parts.push(svgText(words, MARGIN, (y += SMALL) - 1, { size: SMALL, colour: PAGE.muted }));
    y += 5;
  }
  const centre = (i: number) => firstX + i * pitch + tileWidth / 2;
  if (columns !== undefined) {
    y += (title || subtitle ? 5 : 0) + LABEL;
    columns.forEach(
      (word, i) => void parts.push(svgText(word, centre(i), y, { size: LABEL, anchor: 'middle' })),
    );
    y += 6;
  } else if (title || subtitle) y += 4;
  grey.forEach((bytes, r) => {
    parts.push(
      svgText(labels[r]!, firstX - 10, y + tileHeight / 2 + LABEL * 0.36, { size: LABEL, anchor: 'end' }),
      rowImage(bytes, count, options, scale, { x: firstX, y, pitch }),
    );
    y += tileHeight + (r + 1 < rows.length ? GAP : 0);
  });
  if (footers !== undefined) {
    y += SMALL + 5;
    footers.forEach((word, i) => {
      parts.push(svgText(word, centre(i), y, { size: SMALL, anchor: 'middle', colour: PAGE.muted }));
    });
  }
  return page(pageWidth, Math.ceil(y + MARGIN), title || 'images', parts);
}

/** One row as an embedded PNG and a thin frame around each image, so that white ones keep their edges. */
function rowImage(
  bytes: Uint8Array,
  count: number,
  { height, width }: ImageSize,
  scale: number,
  at: { x: number; y: number; pitch: number },
): string {
  const dots = scale * DENSITY;
  const step = Math.round(at.pitch * DENSITY);
  const stripWidth = step * (count - 1) + width * dots;
  const strip = new Uint8Array(stripWidth * height * dots).fill(255);
  for (let n = 0; n < count; n++) {
    for (let py = 0; py < height; py++) {
      const start = py * dots * stripWidth + n * step;
      for (let px = 0; px < width; px++) {
        const ink = 255 - bytes[(n * height + py) * width + px]!;
        strip.fill(ink, start + px * dots, start + (px + 1) * dots);
      }
      for (let copy = 1; copy < dots; copy++) {
        strip.copyWithin(start + copy * stripWidth, start, start + width * dots);
      }
    }
  }
  const png = encodePng({ width: stripWidth, height: height * dots, channels: 1, data: strip });
  const box = `x="${at.x}" y="${at.y}" width="${stripWidth / DENSITY}" height="${height * scale}"`;
  const frames = Array.from({ length: count }, (_, n) => {
    const x = at.x + (n * step) / DENSITY;
    return `M${round(x - 0.5)} ${at.y - 0.5}h${width * scale + 1}v${height * scale + 1}h${-width * scale - 1}z`;
  });
  return [
    `<image ${box} preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`,
    `<path d="${frames.join('')}" fill="none" stroke="${FRAME}"/>`,
  ].join('\n');
}

const FRAME = '#c4c4c4';

/** What the widest word needs, a little air included; whole units, so that tiles stay on the dots. */
function columnWidth(words: readonly string[] | undefined): number {
  return words === undefined ? 0 : Math.ceil(Math.max(...words.map((word) => textWidth(word, LABEL))) + 8);
}

function page(width: number, height: number, name: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT_STACK}" role="img" aria-label="${escapeXml(name)}">`,
    `<rect width="${width}" height="${height}" fill="${PAGE.background}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function wrong(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('usage', { subject, rule, got });
}
