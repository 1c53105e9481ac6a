import type { Destination } from './destination.ts';
import { npySink } from './npy.ts';
import { folderSink } from './pictures.ts';
import { rowSink } from './rows.ts';
import { sheetSink } from './sheet.ts';
import type { Sink, SinkOptions } from './sink.ts';
import { walkSink } from './walks.ts';

/**
 * Opens what codes or images are written to.
 * @throws HourglassError if something is there that may not be replaced, or it cannot be written.
 */
export async function openSink(
  { format, path, force, rawCsv }: Destination,
  options: SinkOptions,
): Promise<Sink> {
  switch (format) {
    case 'npy':
      return npySink(path!, force, options.shape);
    case 'csv':
    case 'jsonl':
      return rowSink(path, format, force, options, rawCsv);
    case 'png':
      return folderSink(path!, force, options.shape);
    case 'sheet':
      return options.sheet === 'walks' ? walkSink(path!, force, options) : sheetSink(path!, force, options);
  }
}
