/** Forms: pictures under any names, and options. */
import { Problem, quoted } from '../problem.ts';

/** Fields of a form besides its pictures. */
const MOST_FIELDS = 32;

export interface FormJob {
  bytes: Uint8Array<ArrayBuffer>;
  /** The Content-Type header, with the boundary. */
  contentType: string;
  /** Pictures that the form may hold. */
  most: number;
}

export interface FormParts {
  files: Uint8Array<ArrayBuffer>[];
  fields: [string, string][];
}

/** @throws Problem 400 for an incomplete form, 413 for too many parts, 422 for a repeated field. */
export async function partsOf({ bytes, contentType, most }: FormJob): Promise<FormParts> {
  const tooMany = new Problem(413, `A request may hold at most ${most} images.`);
  const lines = most + MOST_FIELDS + 2;
  if (linesOf(bytes, contentType, lines) > lines) throw tooMany;
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new Problem(400, 'The body must be a complete multipart/form-data form.');
  }
  const files: Uint8Array<ArrayBuffer>[] = [];
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (fields.has(name)) throw new Problem(422, `${quoted(name)} must be given once.`);
      fields.set(name, value);
      continue;
    }
    if (files.length === most) throw tooMany;
    files.push(new Uint8Array(await value.arrayBuffer()));
  }
  return { files, fields: [...fields] };
}

/** Lines that separate parts, counted before the parts are made, to one more than `most`. */
function linesOf(bytes: Uint8Array, contentType: string, most: number): number {
  const [, quotedText, plain] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quotedText ?? plain;
  if (boundary === undefined) return 0;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  const line = `--${boundary}`;
  for (let at = body.indexOf(line); at >= 0 && count <= most; at = body.indexOf(line, at + 1)) count++;
  return count;
}
