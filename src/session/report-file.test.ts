import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageRows } from '../render/index.ts';
import { pageImages } from './report-file.ts';

test('pictures of photographs give way to smaller ones until the page is of a few MB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-page-'));
  const side = 128;
  const images = Float32Array.from(
    { length: 20 * 3 * side * side },
    (_, i) => ((i * 7919 + (i >> 3) ** 2 + (i % 977) ** 3) % 1009) / 1009,
  );
  const svg = imageRows({
    rows: [{ label: 'input', images }],
    ...{ height: side, width: side, channels: 3, light: true },
  });
  const names = Array.from({ length: 6 }, (_, i) => `picture-${i}`);
  for (const name of names) await writeFile(join(folder, `${name}.svg`), svg);
  const shown = await pageImages(folder, names);
  expect(shown.map(({ name }) => name)).toEqual(names);
  const size = shown.reduce((sum, { uri }) => sum + uri.length, 0);
  expect(6 * svg.length).toBeGreaterThan(5_000_000);
  expect(size).toBeLessThan(4_800_000);
  const small = await pageImages(folder, names.slice(0, 1));
  expect(small[0]!.uri).toMatch(/^data:image\/svg/);
}, 60_000);
