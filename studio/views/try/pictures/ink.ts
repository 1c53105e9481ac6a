/** Ink of a picture at the place and in the size of MNIST's digits. */
import { within } from '../drawing/as-mnist.ts';
import { borderOf, type Ground } from './ground.ts';
import { type Plane, resample } from './resample.ts';

const BOX = 20 / 28;
/** Of the way from the ground to the strongest ink: weaker is paper, its shade and its grain. */
const PAPER = 0.2;

/**
 * The ink scaled to fit 20 of 28 pixels, with its centre of mass in the middle, on a plain ground. Null if there is no plain
 * ground or no ink.
 */
export function inkAsMnist(
  plane: Plane,
  to: { readonly width: number; readonly height: number },
  ground: Ground | null,
): { plane: Plane; note: string } | null {
  if (ground === null) return null;
  const ink = strengthOf(plane, ground);
  if (ink === null) return null;
  const box = boxOf(ink);
  const extent = Math.max(box.right - box.left, box.bottom - box.top);
  const scale = (BOX * Math.min(to.width, to.height)) / extent;
  const at = (shiftX: number, shiftY: number) =>
    resample(ink, to, { scaleX: scale, scaleY: scale, shiftX, shiftY }, 0);
  const first: [number, number] = [
    to.width / 2 - (scale * (box.left + box.right)) / 2,
    to.height / 2 - (scale * (box.top + box.bottom)) / 2,
  ];
  const [x, y] = massOf(at(...first));
  const room = (size: number, from: number, end: number) => (size - scale * (end - from)) / 2;
  const placed = at(
    first[0] + within(to.width / 2 - x, room(to.width, box.left, box.right)),
    first[1] + within(to.height / 2 - y, room(to.height, box.top, box.bottom)),
  );
  return {
    plane: {
      ...to,
      values: placed.values.map((value) => 255 * (ground === 'dark' ? value : 1 - value)),
    },
    note: 'It was cropped to its ink, scaled to fit 20 of 28 pixels and centred by its centre of mass, like the digits of MNIST.',
  };
}

/** How much ink there is at each place, 0 to 1; null if nothing stands out from the ground. */
function strengthOf(plane: Plane, ground: Ground): Plane | null {
  const border = borderOf(plane).map((at) => plane.values[at]!);
  const paper = border.sort((a, b) => a - b)[Math.floor(border.length / 2)]!;
  const sign = ground === 'dark' ? 1 : -1;
  const strongest = plane.values.reduce((most, value) => Math.max(most, sign * (value - paper)), 0);
  if (strongest < 32) return null;
  return {
    ...plane,
    values: plane.values.map((value) => {
      const strength = (sign * (value - paper)) / strongest;
      return Math.min(1, Math.max(0, (strength - PAPER) / (1 - PAPER)));
    }),
  };
}

function boxOf({ width, values }: Plane) {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  values.forEach((value, i) => {
    if (value < 0.25) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return { left, top, right, bottom };
}

function massOf({ width, height, values }: Plane): [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    sum += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  return sum === 0 ? [width / 2, height / 2] : [x / sum, y / sum];
}
