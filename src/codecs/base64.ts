/** Bytes that are turned into characters at once: a call's arguments have a limit. */
const PIECE = 2 ** 13;

/** Bytes in base64, with padding. */
export function base64(bytes: Uint8Array): string {
  let characters = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    characters += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(characters);
}

/**
 * The bytes of a text in base64.
 * @throws if it is none.
 */
export function bytesOfBase64(text: string): Uint8Array {
  const characters = atob(text);
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
