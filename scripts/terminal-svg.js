/** What a program printed on a terminal, as an SVG: the few control sequences that hourglass uses, and no others. */

const FONT_SIZE = 15;
/** DejaVu Sans Mono is 1233 of 2048 units wide. */
const CELL_WIDTH = (FONT_SIZE * 1233) / 2048;
const CELL_HEIGHT = 18;
const MARGIN = 16;

const GROUND = '#0d1117';
const INK = '#e6edf3';
const FAINT = '#8b949e';
/** Colours 30 to 37. */
const PALETTE = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', INK];

const PLAIN = { ink: null, ground: null, bold: false, faint: false };

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by them
const TOKENS = /\u001b\[([?\d;]*)([A-Za-z])|\u001b([78])|[^\u001b]/gu;

/** The screen at the end: lines of cells, each with its character and its style. */
export function screenOf(output) {
  const lines = [[]];
  let [row, column] = [0, 0];
  let saved = [0, 0];
  let style = PLAIN;
  for (const [token, parameters, letter, saving] of output.matchAll(TOKENS)) {
    lines[row] ??= [];
    if (saving === '7') saved = [row, column];
    else if (saving === '8') [row, column] = saved;
    else if (letter === 'm') style = styled(style, parameters);
    else if (letter === 'G') column = Number(parameters || 1) - 1;
    else if (letter === 'K') lines[row].length = parameters === '2' ? 0 : Math.min(lines[row].length, column);
    else if (letter === 'h' || letter === 'l') continue;
    else if (letter !== undefined) throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
    else if (token === '\n') [row, column] = [row + 1, 0];
    else if (token === '\r') column = 0;
    else lines[row][column++] = { character: token, style };
  }
  return Array.from(lines, (line = []) =>
    Array.from(line, (cell) => cell ?? { character: ' ', style: PLAIN }),
  );
}

function styled(style, parameters) {
  const next = { ...style };
  const codes = parameters.split(';').map(Number);
  while (codes.length > 0) {
    const code = codes.shift();
    if (code === 0) Object.assign(next, PLAIN);
    else if (code === 1) next.bold = true;
    else if (code === 2) next.faint = true;
    else if (code === 22) Object.assign(next, { bold: false, faint: false });
    else if (code >= 30 && code <= 37) next.ink = PALETTE[code - 30];
    else if (code === 39) next.ink = null;
    else if (code === 49) next.ground = null;
    else if (code === 38 || code === 48) next[code === 38 ? 'ink' : 'ground'] = colourOf(codes);
    else throw new Error(`unknown style ${parameters}`);
  }
  return next;
}

/** A colour by its three values, or one of the 256: of these only black, the greys and white. */
function colourOf(codes) {
  const kind = codes.shift();
  if (kind === 2) return `rgb(${codes.splice(0, 3).join(',')})`;
  const index = codes.shift();
  const grey = index >= 232 ? 8 + 10 * (index - 232) : { 16: 0, 231: 255 }[index];
  if (kind !== 5 || grey === undefined) throw new Error(`unknown colour ${kind};${index}`);
  return `rgb(${grey},${grey},${grey})`;
}

/** The lines as a picture of a terminal that is `columns` wide. */
export function terminalSvg(lines, columns) {
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const end = lines.findLastIndex((line) => line.length > 0) + 1;
  const height = end * CELL_HEIGHT + 2 * MARGIN;
  const drawn = lines.slice(0, end).flatMap((line, row) => drawLine(line, MARGIN + row * CELL_HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>
<g font-family="DejaVu Sans Mono" font-size="${FONT_SIZE}">
${drawn.join('\n')}
</g>
</svg>
`;
}

/** Block characters are drawn as rectangles, which leave no gaps; all else is text, a run of one style at a time. */
function drawLine(line, top) {
  const drawn = [];
  let run = null;
  for (const [column, { character, style }] of line.entries()) {
    const left = MARGIN + column * CELL_WIDTH;
    const ink = style.ink ?? (style.faint ? FAINT : INK);
    const block = { '▀': [0.5, 1], '█': [1, 1], '░': [1, 0.25] }[character];
    if (block !== undefined) {
      if (style.ground !== null) drawn.push(rectangle(left, top, 1, style.ground, 1));
      drawn.push(rectangle(left, top, block[0], ink, block[1]));
      run = null;
      continue;
    }
    if (run === null || run.ink !== ink || run.bold !== style.bold) {
      run = { left, ink, bold: style.bold, text: '' };
      drawn.push(run);
    }
    run.text += character;
  }
  return drawn.map((part) => (typeof part === 'string' ? part : textOf(part, top)));
}

/** As wide as a cell, and a little wider: so that neighbours leave no seam. */
const rectangle = (left, top, part, fill, opacity) =>
  `<rect x="${left.toFixed(2)}" y="${top}" width="${(CELL_WIDTH + 0.3).toFixed(2)}" height="${part * CELL_HEIGHT}" fill="${fill}" fill-opacity="${opacity}"/>`;

function textOf({ left, ink, bold, text }, top) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${left.toFixed(2)}" y="${top + 14}" fill="${ink}"${weight} xml:space="preserve">${escaped}</text>`;
}
