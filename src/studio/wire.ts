/** Messages as text: JSON in which typed arrays are base64, so that a picture is a third larger than its bytes and no more. */

const KINDS = { u8: Uint8Array, f32: Float32Array } as const;
type Kind = keyof typeof KINDS;
type Packed = { readonly $: Kind; readonly base64: string };

const isPacked = (value: unknown): value is Packed =>
  typeof value === 'object' && value !== null && '$' in value && 'base64' in value;

export function toText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Uint8Array) return { $: 'u8', base64: base64Of(each) };
    if (each instanceof Float32Array) {
      return { $: 'f32', base64: base64Of(new Uint8Array(each.buffer, each.byteOffset, each.byteLength)) };
    }
    // An evaluation may have other arrays of numbers.
    if (ArrayBuffer.isView(each)) return [...(each as unknown as Iterable<number>)];
    return each;
  });
}

export function fromText<T>(text: string): T {
  return JSON.parse(text, (_, each: unknown) => {
    if (!isPacked(each)) return each;
    const bytes = bytesOf(each.base64);
    const kind = KINDS[each.$];
    return new kind(bytes.buffer, 0, bytes.length / kind.BYTES_PER_ELEMENT);
  });
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Characters of one call: a call takes only so many arguments. */
const PIECE = 8192;

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
