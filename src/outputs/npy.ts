/** An NPY file that grows by rows; how many they are is put into its header at the end. */
import { encodeNpyHeader } from '../codecs/npy.ts';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import type { Sink, SinkOptions, Values } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

const BYTES = { f4: 4, u1: 1, u2: 2 };
const NAMES = { f4: 'float32', u1: 'uint8', u2: 'uint16' };

export async function npySink(
  path: string,
  force: boolean,
  options: Pick<SinkOptions, 'shape' | 'type'>,
  work: Unfinished | null,
): Promise<Sink<Values>> {
  const { shape } = options;
  const type = options.type ?? 'f4';
  const header = encodeNpyHeader([0, ...shape], type).length;
  let count = work?.progress?.done ?? 0;
  const length = count === 0 ? 0 : header + count * BYTES[type] * sizeOf(shape);
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
      await file.write(encodeNpyHeader([count, ...shape], type), 0);
      await file.finish();
      return { files: [path], what: `${NAMES[type]} [${[count, ...shape].join(', ')}]`, notes: [] };
    },
    abandon: () => file.abandon(),
  };
}
