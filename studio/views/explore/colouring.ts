/** What colours the points: groups with a colour each, and what the legend says about them. */
import type { ReadonlySignal } from '@preact/signals';
import { classColour, dark, drawn } from '../../parts/ground.ts';
import { scaleColours } from '../../parts/plot/scale-colours.ts';
import { pixelOf } from '../../parts/plot/scatter.ts';
import type { Explorer } from './explorer.ts';
import type { ColourBy } from './settings.ts';

export interface Colouring {
  /** The group of each sample. */
  readonly group: Uint8Array;
  /** The colour of each of 256 groups. */
  readonly colours: readonly string[];
  readonly pixels: Uint32Array;
  /** The names of the groups that are classes or categories; none for a scale. */
  readonly groups: readonly string[];
  /** Null for classes and categories. */
  readonly scale: {
    readonly label: string;
    readonly from: number;
    readonly to: number;
    /** Whether some samples have no value: their group is MISSING. */
    readonly hasMissing: boolean;
  } | null;
}

/** The group of samples without a value, where there are some. */
export const MISSING = 255;

/** The colours of classes or of a scale on the ground that the page has now. Null while the errors are computed. */
export function colouring(explorer: Explorer, by: ColourBy): Colouring | null {
  const { set, codes, errors } = explorer;
  if (by === 'class') {
    const labels = set.labels.subarray(0, codes.count);
    return ofGroups(labels.length === codes.count ? labels : new Uint8Array(codes.count), set.classes);
  }
  if (by === 'error') {
    const found = errors.value;
    return found && onScale(found, explorer.worded('mean squared error of a pixel'));
  }
  if (typeof by === 'number') {
    const { values, units, count } = codes;
    return onScale(
      Float32Array.from({ length: count }, (_, i) => values[i * units + by]!),
      `unit ${by + 1}`,
    );
  }
  const property = explorer.property(by.property);
  if (property === null) return null;
  if ('groups' in property) return ofGroups(property.group.subarray(0, codes.count), property.groups);
  const numbers = property.numbers.subarray(0, codes.count);
  return onScale(numbers, property.name, numbers.some(Number.isNaN));
}

function ofGroups(group: Uint8Array, groups: readonly string[]): Colouring {
  const colours = Array.from({ length: 256 }, (_, i) => classColour(i));
  return { group, groups, colours, pixels: Uint32Array.from(colours, pixelOf), scale: null };
}

function onScale(values: Float32Array, label: string, hasMissing = false): Colouring {
  const [from, to] = inner(values);
  const last = hasMissing ? MISSING - 1 : 255;
  const group = Uint8Array.from(values, (value) => {
    if (hasMissing && Number.isNaN(value)) return MISSING;
    return Math.round(last * Math.min(1, Math.max(0, to > from ? (value - from) / (to - from) : 0.5)));
  });
  const scale = scaleColours(dark.value);
  const colours = hasMissing ? [...scale.slice(0, MISSING), drawn.value.soft] : scale;
  const pixels = Uint32Array.from(colours, pixelOf);
  return { group, groups: [], colours, pixels, scale: { label, from, to, hasMissing } };
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
