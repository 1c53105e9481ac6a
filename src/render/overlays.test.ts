import { expect, test } from 'vitest';
import { heatOverlay } from './overlays.ts';

const LIGHT = { channels: 1, height: 1, width: 3, light: true };
const image = Float32Array.of(1, 1, 1);

test('heat covers by its value, and no more than its opacity', () => {
  const map = Float32Array.of(0, 0.1, 0.2);
  const all = heatOverlay(image, map, { ...LIGHT, to: 0.2, opacity: 1 });
  const half = heatOverlay(image, map, { ...LIGHT, to: 0.2, opacity: 0.5 });
  expect([...all.subarray(0, 3)]).toEqual([255, 255, 255]);
  expect([...half.subarray(0, 3)]).toEqual([255, 255, 255]);
  for (let i = 3; i < 9; i++) {
    const mixed = 255 + 0.5 * (all[i]! - 255);
    expect(Math.abs(half[i]! - mixed)).toBeLessThanOrEqual(1);
  }
  const none = heatOverlay(image, map, { ...LIGHT, to: 0.2, opacity: 0 });
  expect([...none]).toEqual(new Array(9).fill(255));
});

test('a colour image becomes grey beneath a map of one value a pixel', () => {
  const colours = Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0); // white, black, black
  const found = heatOverlay(colours, new Float32Array(3), { ...LIGHT, channels: 3 });
  expect(found.length).toBe(9);
  expect(found[0]).toBe(255);
  expect(found[3]).toBe(found[4]);
});
