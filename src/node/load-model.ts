/** Opens a model that lies on disk. */
import { fileURLToPath } from 'node:url';
import { HourglassError } from '../errors.ts';
import { type Model, requireThreads } from '../model/model.ts';
import { openModel } from '../model/open.ts';
import { expectingFailures } from '../system-errors.ts';
import { nodeEngine } from './engine/index.ts';
import { defaultThreads } from './machine.ts';
import { readModelFiles } from './model-files.ts';

/**
 * Loads the model of a finished run, a model's folder (copied or exported), or one ONNX file. All files are first
 * checked individually and against one another.
 *
 * @param path the folder or the file.
 * @param options.threads threads of ONNX Runtime; default one per core.
 * @throws HourglassError of kind `run` if there is no model or it is damaged; `data` if hourglass did not write it.
 *
 * @example
 * ```ts
 * import { loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const { test } = await openDataset('mnist-10k');
 * const digits = test.images.subarray(0, 10 * 28 * 28);
 * const codes = await model.encode(digits);
 * const { data, shape } = await model.decode(codes.data);
 * console.log(codes.shape, shape, data[0]); // [ 10, … ] [ 10, 1, 28, 28 ], values in [0, 1]
 * ```
 */
export async function loadModel(path: string | URL, options: { threads?: number } = {}): Promise<Model> {
  const { threads = defaultThreads() } = options;
  requireThreads(threads);
  const folder = pathOf(path);
  return expectingFailures(async () => openModel(nodeEngine, await readModelFiles(folder), { threads }));
}

/** @throws HourglassError for anything but a path or a `file:` URL. */
function pathOf(path: string | URL): string {
  if (typeof path === 'string') return path;
  const href: unknown = (path as URL | undefined)?.href;
  if (typeof href === 'string' && href.startsWith('file:')) {
    try {
      return fileURLToPath(href);
    } catch {
      // A host, or an escaped slash.
    }
  }
  throw new HourglassError('usage', {
    subject: 'model',
    rule: 'must be a path or a file: URL',
    got: typeof href === 'string' ? href : String(path),
  });
}
