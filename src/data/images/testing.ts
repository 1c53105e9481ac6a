/** Images made for tests: pictures whose pixels are known, in folders that go when the test ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodePng } from '../../codecs/png.ts';

/** A folder with these files, gone when the test ends. */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-images-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A PNG of the given pixels, row by row, channels interleaved. */
export const png = (width: number, height: number, channels: 1 | 3 | 4, data: readonly number[]) =>
  encodePng({ width, height, channels, data: Uint8Array.from(data) });

/** A grey PNG of one shade. */
export const flat = (width: number, height: number, grey: number) =>
  png(width, height, 1, new Array<number>(width * height).fill(grey));
