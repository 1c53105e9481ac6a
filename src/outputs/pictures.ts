/** A folder of PNG files, one an image, pixel for pixel; made next to its place and put there when it is whole. */

import { mkdir, opendir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../codecs/png.ts';
import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import { temporaryName, unwritable } from '../store/index.ts';
import type { Sink } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

export class PartFolder {
  private readonly path: string;
  private readonly part: string;
  private readonly staysIfAbandoned: boolean;

  private constructor(path: string, part: string, staysIfAbandoned: boolean) {
    this.path = path;
    this.part = part;
    this.staysIfAbandoned = staysIfAbandoned;
  }

  /** @param work where it grows; default a temporary folder next to `path`. */
  static async open(path: string, force: boolean, work: Unfinished | null = null): Promise<PartFolder> {
    const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw unwritable(path, error);
    });
    if (entries !== null && entries.length > 0 && !force) {
      throw new HourglassError('usage', {
        subject: path,
        rule: 'is not empty, and files are replaced only on request',
        hint: 'choose another --out, or pass --force: files with the same names are replaced, others stay',
      });
    }
    const part = work?.growing('files', 0).at ?? temporaryName(path.replace(/[\\/]+$/, ''));
    try {
      await mkdir(part, { recursive: true });
    } catch (error) {
      throw unwritable(path, error);
    }
    return new PartFolder(path, part, work !== null);
  }

  /** Where a file lies until the folder is whole. */
  at(name: string): string {
    return join(this.part, name);
  }

  /** `name` may lead into a sub-folder. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    const file = join(this.part, name);
    try {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, content);
    } catch (error) {
      throw unwritable(join(this.path, name), error);
    }
  }

  async finish(): Promise<void> {
    try {
      await moveInto(this.part, this.path);
    } catch (error) {
      throw unwritable(this.path, error);
    } finally {
      await this.abandon();
    }
  }

  async abandon(): Promise<void> {
    if (this.staysIfAbandoned) return;
    await rm(this.part, { recursive: true, force: true });
  }
}

/** Puts a folder in its place, or its files into the folder that is there. */
async function moveInto(part: string, path: string): Promise<void> {
  try {
    // Takes the place of nothing or of an empty folder.
    return await rename(part, path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  for await (const entry of await opendir(part)) {
    const [from, to] = [join(part, entry.name), join(path, entry.name)];
    if (entry.isDirectory()) await moveInto(from, to);
    else await rename(from, to);
  }
}

/** The PNG file of an image [channels, height, width] in [0, 1]. */
export function imagePng(values: Float32Array, shape: readonly number[]): Uint8Array {
  const [channels, height, width] = shape as [1 | 3, number, number];
  const plane = height * width;
  const data = new Uint8Array(plane * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) {
      data[i * channels + c] = Math.round(255 * Math.min(1, Math.max(0, values[c * plane + i]!)));
    }
  }
  return encodePng({ width, height, channels, data }, 4);
}

/** The place, so that names differ and sort, then the name without what a file's name should not have. */
export function fileName(place: number, name: string): string {
  const plain = name
    .replace(/\.(png|jpe?g|webp)$/i, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(-60);
  return `${String(place + 1).padStart(6, '0')}${plain === '' ? '' : `-${plain}`}.png`;
}

export async function folderSink(
  path: string,
  force: boolean,
  shape: readonly number[],
  work: Unfinished | null,
): Promise<Sink> {
  const folder = await PartFolder.open(path, force, work);
  const size = sizeOf(shape);
  let count = work?.progress?.done ?? 0;
  return {
    async write({ names, values }) {
      for (const [i, name] of names.entries()) {
        const image = values.subarray(i * size, (i + 1) * size);
        await folder.write(fileName(count++, name), imagePng(image, shape));
      }
    },
    // Files that were written after the last record are written again under the same names.
    save: async () => ({ values: {} }),
    async finish() {
      await folder.finish();
      return {
        files: [path],
        what: count === 1 ? 'one PNG file' : `${count.toLocaleString('en')} PNG files`,
        notes: [],
      };
    },
    abandon: () => folder.abandon(),
  };
}
