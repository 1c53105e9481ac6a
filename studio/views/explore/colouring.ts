/** What colours the points: groups with a colour each, and what the legend says about them. */
import type { ReadonlySignal } from '@preact/signals';
import { classColour, dark } from '../../parts/ground.ts';
import { scaleColours } from '../../parts/plot/scale-colours.ts';
import { pixelOf } from '../../parts/plot/scatter.ts';
import type { Explorer } from './explorer.ts';
import type { ColourBy } from './settings.ts';

export interface Colouring {
  /** The group of each image. */
  readonly group: Uint8Array;
  /** The colour of each of 256 groups. */
  readonly colours: readonly string[];
  readonly pixels: Uint32Array;
  /** Null for classes. */
  readonly scale: { readonly label: string; readonly from: number; readonly to: number } | null;
}

/** The colours of classes or of a scale on the ground that the page has now. Null while the errors are computed. */
export function colouring(explorer: Explorer, by: ColourBy): Colouring | null {
  const { set, codes, errors } = explorer;
  if (by === 'class') {
    const colours = Array.from({ length: 256 }, (_, i) => classColour(i));
    const labels = set.labels.subarray(0, codes.count);
    const group = labels.length === codes.count ? labels : new Uint8Array(codes.count);
    return { group, colours, pixels: Uint32Array.from(colours, pixelOf), scale: null };
  }
  const values =
    by === 'error'
      ? errors.value
      : Float32Array.from({ length: codes.count }, (_, i) => codes.values[i * codes.units + by]!);
  if (values === null) return null;
  const [from, to] = inner(values);
  const group = Uint8Array.from(values, (value) =>
    Math.round(255 * Math.min(1, Math.max(0, to > from ? (value - from) / (to - from) : 0.5))),
  );
  const colours = scaleColours(dark.value);
  return {
    group,
    colours,
    pixels: Uint32Array.from(colours, pixelOf),
    scale: { label: by === 'error' ? 'mean squared error of a pixel' : `unit ${by + 1}`, from, to },
  };
}

/** The range without the outermost percent at each end, which would leave one colour to all others. */
function inner(values: Float32Array): [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [0, 0];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return [at(0.01), at(0.99)];
}

/** The colouring as it is now. */
export type Coloured = ReadonlySignal<Colouring | null>;
