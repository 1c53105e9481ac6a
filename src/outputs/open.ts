import type { Destination } from './destination.ts';
import { npySink } from './npy.ts';
import { parquetSink } from './parquet.ts';
import { folderSink } from './pictures.ts';
import { rowSink } from './rows.ts';
import { sheetSink } from './sheet.ts';
import type { Sink, SinkOptions } from './sink.ts';
import type { Unfinished } from './unfinished.ts';
import { walkSink } from './walks.ts';

/**
 * Opens what codes or images are written to.
 * @param work where it grows, for an output that can be continued.
 * @throws HourglassError if something is there that may not be replaced, or it cannot be written.
 */
export async function openSink(
  { format, path, force, rawCsv }: Destination,
  options: SinkOptions,
  work: Unfinished | null = null,
): Promise<Sink<Float32Array>> {
  switch (format) {
    case 'npy':
      return npySink(path!, force, options, work);
    case 'npz': {
      const { npzSink } = await import('./npz.ts');
      return npzSink(path!, force, options);
    }
    case 'parquet':
      return parquetSink(path!, force, options, work);
    case 'csv':
    case 'jsonl':
      return rowSink(path, format, force, options, rawCsv, work);
    case 'png':
      return folderSink(path!, force, options.shape, work);
    case 'sheet':
      return options.sheet === 'walks' ? walkSink(path!, force, options) : sheetSink(path!, force, options);
  }
}
