/** A file or a pipe with a table: its format is recognised by its first bytes. */
import type { Readable } from 'node:stream';
import { abortable, ByteReader } from '../images/bytes.ts';
import { openFile } from '../images/files.ts';
import { startsWith, tableIn } from './format.ts';
import type { ReadSettings, TableReader } from './reader.ts';

export interface OpenedTable extends TableReader {
  close(): Promise<void>;
}

/**
 * @param path a file, or `-` for standard input.
 * @param name of the file, for errors.
 */
export async function openTableFile(
  path: string,
  name: string,
  settings: ReadSettings & {
    stdin?: AsyncIterable<Uint8Array | string>;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<OpenedTable> {
  const opened = path === '-' ? null : await openFile(path, name);
  const closeFile = async () => {
    await opened?.file.close().catch(() => {});
  };
  try {
    if (opened !== null && (await isParquet(opened.file))) {
      const { threadedParquet } = await import('./threaded-parquet.ts');
      return { ...(await threadedParquet(path, opened, { name, array: settings.array })), close: closeFile };
    }
    const stream =
      opened === null
        ? ((settings.stdin ?? process.stdin) as Readable)
        : opened.file.createReadStream({ highWaterMark: 2 ** 18 });
    const reader = await ByteReader.unpacked(abortable(stream, settings.signal), name);
    return {
      ...(await tableIn(reader, settings)),
      close: async () => {
        await reader.close();
        await closeFile();
      },
    };
  } catch (error) {
    await closeFile();
    throw error;
  }
}

async function isParquet(file: {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<unknown>;
}): Promise<boolean> {
  const head = new Uint8Array(4);
  await file.read(head, 0, 4, 0);
  return startsWith(head, 'PAR1');
}
