/** For tests of pictures: data that is never random, the golden pictures, and what is refused. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Ten small rings of different shades, [10, 8, 8]. */
export const rings = Float32Array.from({ length: 640 }, (_, i) => {
  const [n, y, x] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
  const radius = Math.hypot(y - 3.5, x - 3.5);
  return radius > 1.5 && radius < 3.5 ? 0.1 + n * 0.1 : 0;
});

/** Numbers within [−1, 1) that look random and are not. */
export function scattered(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => (((i + 1) * (seed + 1) * 0.618034) % 1) * 2 - 1);
}

/** Fails unless drawing throws the usage error whose message fits. */
export async function expectRefused(draw: () => unknown, message: RegExp): Promise<void> {
  const error = await new Promise((resolve) => resolve(draw())).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    ...{ name: 'HourglassError', kind: 'usage', message: expect.stringMatching(message) },
  });
}

/**
 * Fails when the picture is not the stored `golden/<name>.svg`, and writes the new one next to it as `<name>.actual.svg` to
 * be looked at. `UPDATE_GOLDEN=1 npx vitest run src/render` accepts what is drawn now.
 */
export function matchGolden(name: string, svg: string): void {
  const folder = fileURLToPath(new URL('golden/', import.meta.url));
  const stored = `${folder}${name}.svg`;
  const actual = `${folder}${name}.actual.svg`;
  const drawn = normalised(svg);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(stored, drawn);
  }
  rmSync(actual, { force: true });
  if (existsSync(stored) && readFileSync(stored, 'utf8') === drawn) return;
  writeFileSync(actual, drawn);
  throw new Error(
    `${name}.svg differs from the stored picture. Look at ${actual}; if it is right, accept it with UPDATE_GOLDEN=1 npx vitest run src/render`,
  );
}

/** Numbers to one decimal, so that the last bits of a sine on another machine make no difference. */
function normalised(svg: string): string {
  return svg.replace(/(?<![#\w])-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10));
}
