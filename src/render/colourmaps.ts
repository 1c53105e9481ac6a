/**
 * Colour maps: a byte 0…255 to a colour, each readable without seeing hues.
 *
 * - `ink`: white to black.
 * - `heat`: white through orange to brown, for values from nothing to much. ColorBrewer's YlOrBr with Tol's white
 *   beginning (https://personal.sron.nl/~pault/), its anchors moved to where the lightness L* falls evenly.
 * - `signed`: blue through white to vermilion, for values around zero; the ends are Okabe and Ito's and nearly
 *   equally dark, so that the sign is the hue and the size the darkness.
 */

export type ColourScale = 'ink' | 'heat' | 'signed';

type Anchor = readonly [at: number, colour: string];

const ANCHORS: Record<ColourScale, readonly Anchor[]> = {
  ink: [
    [0, '#ffffff'],
    [1, '#000000'],
  ],
  heat: [
    [0, '#ffffff'],
    [0.045, '#fff7bc'],
    [0.121, '#fee391'],
    [0.232, '#fec44f'],
    [0.368, '#fb9a29'],
    [0.512, '#ec7014'],
    [0.666, '#cc4c02'],
    [0.839, '#993404'],
    [1, '#662506'],
  ],
  signed: [
    [0, '#0072b2'],
    [0.5, '#ffffff'],
    [1, '#d55e00'],
  ],
};

const tables = new Map<ColourScale, Uint8Array>();

/** The map as a table [256, 3] of red, green and blue. */
export function colourTable(scale: ColourScale): Uint8Array {
  let table = tables.get(scale);
  if (table === undefined) {
    table = new Uint8Array(256 * 3);
    for (let i = 0; i < 256; i++) table.set(between(ANCHORS[scale], i / 255), i * 3);
    tables.set(scale, table);
  }
  return table;
}

function between(anchors: readonly Anchor[], at: number): number[] {
  const next = Math.max(
    1,
    anchors.findIndex(([place]) => place >= at),
  );
  const [[from, low], [to, high]] = [anchors[next - 1]!, anchors[next]!];
  const share = (at - from) / (to - from);
  return channels(low).map((value, i) => Math.round(value + (channels(high)[i]! - value) * share));
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}

/** Bytes [n] as colours [n, 3]. */
export function coloured(bytes: Uint8Array, scale: ColourScale): Uint8Array {
  const table = colourTable(scale);
  const colours = new Uint8Array(bytes.length * 3);
  for (let i = 0; i < bytes.length; i++) {
    const at = bytes[i]! * 3;
    colours[i * 3] = table[at]!;
    colours[i * 3 + 1] = table[at + 1]!;
    colours[i * 3 + 2] = table[at + 2]!;
  }
  return colours;
}

/** How dark the ink beneath an overlay is at most, so that the heat stands out from it. */
const UNDERLAY = 0.6;

/**
 * Ink in grey beneath heat whose opacity grows with its value, [n, 3]: nothing is covered where the heat is zero, and
 * from half of the range upwards the heat has its full opacity, by default 1: it then covers all.
 */
export function overlaid(ink: Uint8Array, heat: Uint8Array, most = 1): Uint8Array {
  const colours = coloured(heat, 'heat');
  for (let i = 0; i < colours.length; i++) {
    const pixel = Math.floor(i / 3);
    const opacity = most * Math.min(1, heat[pixel]! / 128);
    const grey = 255 - ink[pixel]! * UNDERLAY;
    colours[i] = Math.round(grey + (colours[i]! - grey) * opacity);
  }
  return colours;
}
