/** Files that may be gzipped. */

/** The bytes of a file, unpacked if they are gzipped. */
export async function unpacked(file: ArrayBuffer | Uint8Array | Blob): Promise<Uint8Array> {
  const bytes =
    file instanceof Uint8Array
      ? file
      : new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
