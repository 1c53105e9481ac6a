/** Files that may be gzipped. */
import { HourglassError } from '../errors.ts';

/**
 * The bytes of a file, unpacked if they are gzipped.
 * @throws HourglassError of kind 'data', naming the file, if it cannot be read or is not whole.
 */
export async function unpacked(file: ArrayBuffer | Uint8Array | Blob, name: string): Promise<Uint8Array> {
  const refuse = (rule: string) => (cause: Error) =>
    Promise.reject(
      new HourglassError('data', { subject: name, rule: `${rule} (${cause.message})` }, { cause }),
    );
  const bytes =
    file instanceof Uint8Array
      ? file
      : new Uint8Array(
          file instanceof Blob ? await file.arrayBuffer().catch(refuse('cannot be read')) : file,
        );
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer().catch(refuse('must be a whole gzip file')));
}
