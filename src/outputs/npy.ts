/** An NPY file that grows by rows; how many they are is put into its header at the end. */
import { encodeNpyHeader } from '../codecs/npy.ts';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import type { Sink } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

export async function npySink(
  path: string,
  force: boolean,
  shape: readonly number[],
  work: Unfinished | null,
): Promise<Sink> {
  const header = encodeNpyHeader([0, ...shape], 'f4').length;
  let count = work?.progress?.done ?? 0;
  const length = count === 0 ? 0 : header + count * 4 * sizeOf(shape);
  const file = await PartFile.open(path, force, work?.growing('values.npy', length));
  if (length === 0) await file.write(new Uint8Array(header));
  return {
    async write({ names, values }) {
      await file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      count += names.length;
    },
    async save() {
      await file.flush();
      return { values: {} };
    },
    async finish() {
      await file.write(encodeNpyHeader([count, ...shape], 'f4'), 0);
      await file.finish();
      return { files: [path], what: `float32 [${[count, ...shape].join(', ')}]`, notes: [] };
    },
    abandon: () => file.abandon(),
  };
}
