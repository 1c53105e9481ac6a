/** An NPY file that grows by rows; how many they are is put into its header at the end. */
import { encodeNpyHeader } from '../codecs/npy.ts';
import { PartFile } from '../store/index.ts';
import type { Sink } from './sink.ts';

export async function npySink(path: string, force: boolean, shape: readonly number[]): Promise<Sink> {
  const file = await PartFile.open(path, force);
  const header = encodeNpyHeader([0, ...shape], 'f4').length;
  await file.write(new Uint8Array(header));
  let count = 0;
  return {
    async write({ names, values }) {
      await file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      count += names.length;
    },
    async finish() {
      await file.write(encodeNpyHeader([count, ...shape], 'f4'), 0);
      await file.finish();
      return { files: [path], what: `float32 [${[count, ...shape].join(', ')}]`, notes: [] };
    },
    abandon: () => file.abandon(),
  };
}
