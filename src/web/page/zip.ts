/** The files of a training or a model as one zip file, to be saved as a download and opened again. */
import { HourglassError } from '../../errors.ts';

/** Weights hardly compress. */
const STORED = 0;
/** Bytes of all files together. */
const LARGEST = 2 ** 31 - 1;

/**
 * Files as one zip file: a training's `files` or its `model`.
 *
 * @example
 * ```ts
 * import { train, zipFiles } from 'hourglass/web';
 *
 * const run = await train('vae', { data: 'mnist-10k', epochs: 1 });
 * const address = URL.createObjectURL(await zipFiles(run.model));
 * ```
 */
export async function zipFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Blob> {
  const { zipSync } = await import('fflate');
  const zip = zipSync(Object.fromEntries(files), { level: STORED });
  return new Blob([zip as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
}

/**
 * The files in a zip file: those that {@link zipFiles} was given. A folder around all of them, which programs add, is left out.
 * @throws HourglassError of kind `data` if it is no zip file, or damaged.
 *
 * @example
 * ```ts
 * import { loadModel, unzipFiles } from 'hourglass/web';
 *
 * const input = document.querySelector('input')!;
 * const model = await loadModel(await unzipFiles(input.files![0]!));
 * ```
 */
export async function unzipFiles(zip: Blob | ArrayBuffer | Uint8Array): Promise<Map<string, Uint8Array>> {
  const { unzipSync } = await import('fflate');
  const name = zip instanceof Blob && 'name' in zip ? String(zip.name) : 'zip file';
  const bytes =
    zip instanceof Uint8Array ? zip : new Uint8Array(zip instanceof Blob ? await zip.arrayBuffer() : zip);
  let size = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (name.endsWith('/') || name.startsWith('__MACOSX/')) return false;
        size += originalSize;
        if (size > LARGEST) throw new Error('its files are too large');
        return true;
      },
    });
  } catch (cause) {
    const rule = `must be a zip file that is whole (${(cause as Error).message})`;
    throw new HourglassError('data', { subject: name, rule }, { cause });
  }
  const names = Object.keys(entries);
  const [top] = names[0]?.split('/') ?? [];
  const isWrapped = names.every((path) => path.startsWith(`${top}/`));
  const cut = isWrapped && top !== undefined ? top.length + 1 : 0;
  return new Map(Object.entries(entries).map(([path, content]) => [path.slice(cut), content]));
}
