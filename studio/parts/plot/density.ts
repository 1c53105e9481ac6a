/**
 * How large and how opaque dots are, by how many are on screen: few are large; many are small and let one another through,
 * so that where more lie on one another is darker.
 */

export interface DotSize {
  /** In CSS pixels. */
  readonly radius: number;
  /** From 0 to 1. */
  readonly opacity: number;
}

/** The share of the plane that the dots cover together, if they are spread evenly and their size allows it. */
const COVER = 0.16;
const SMALLEST = 1.1;
const LARGEST = 4.5;

export function dotSize(visible: number, { width, height }: { width: number; height: number }): DotSize {
  const area = Math.max(1, width * height);
  const count = Math.max(1, visible);
  const wanted = Math.sqrt((COVER * area) / (Math.PI * count));
  // In quarters of a pixel, so that panning does not make dots flicker.
  const radius = Math.round(4 * Math.min(LARGEST, Math.max(SMALLEST, wanted))) / 4;
  const cover = (count * Math.PI * radius ** 2) / area;
  const opacity = Math.min(0.9, Math.max(0.4, 0.9 - 1.2 * Math.max(0, cover - COVER)));
  return { radius, opacity };
}
