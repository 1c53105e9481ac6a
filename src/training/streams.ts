/** Random streams by name: each user of random numbers has its own, independent of the rest of the model. */

/** The stream of a name: FNV-1a over its UTF-8 bytes, 32 bits. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
