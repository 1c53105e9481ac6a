/** A verb of the service: its input, its options, what it computes, and how results are shown. */
import { z } from '@hono/zod-openapi';
import type { Told } from '../../api.ts';
import type { SheetPart } from '../answers/picture.ts';
import type { Made } from '../answers/size.ts';
import type { ServedModel } from '../engine/host.ts';
import type { Input, InputKind } from '../requests/input.ts';
import type { RowForm } from '../requests/rows.ts';

export interface Answer {
  /** The body of a JSON answer, but for the model's name; its arrays are {@link ArrayAnswer}s. */
  json(): Record<string, unknown>;
  /** Images of a PNG answer. They are handed over to the thread that draws them. */
  picture?(): readonly SheetPart[];
}

/** What is known of a model without asking it. */
export type ServedFacts = Pick<ServedModel, 'info' | 'statistics' | 'encoding' | 'references'>;

/** How much a verb is given, and the sizes of its model. */
export interface Given {
  /** Images, rows or codes of the request. */
  count: number;
  /** Values of an image or a row. */
  pixels: number;
  /** Values of a code. */
  units: number;
  /** Columns of a row; 0 for images. */
  columns: number;
  /** Characters of a row as an object, at most; 0 for images. */
  text: number;
  /** How the request wrote rows. */
  form?: RowForm | undefined;
}

export interface Verb {
  name: string;
  summary: string;
  /** What a request brings: one of these; none of a verb that makes its own images, which GET may ask for. */
  takes: readonly InputKind[];
  options: z.ZodObject;
  /** The schema of the JSON answer. */
  answers: z.ZodObject;
  /** Whether it can be had as PNG. */
  pictures: boolean;
  /** What a model must have for it, if not every model has. */
  needs?: { fits(model: ServedFacts): boolean; what: string };
  /** How much it makes of what it is given, known before it runs; and how many images stand side by side on its sheet. */
  makes(given: Given, options: Record<string, unknown>): Made & { columns?: number };
  /** @param told the classes of what it is given, for a conditional model. */
  run(model: ServedModel, input: Input | null, options: Record<string, unknown>, told: Told): Promise<Answer>;
}

/** A verb whose options are known to its own `run` by their types. */
export function verb<O extends z.ZodObject>(
  parts: Omit<Verb, 'options' | 'makes' | 'run'> & {
    options: O;
    makes(given: Given, options: z.output<O>): Made & { columns?: number };
    run(model: ServedModel, input: Input, options: z.output<O>, told: Told): Promise<Answer>;
  },
): Verb {
  return parts as unknown as Verb;
}

/** Options of every verb: how arrays and sheets are written. */
export const SHOWN = {
  format: z
    .enum(['json', 'png'])
    .optional()
    .openapi({ description: 'the format of the answer; it takes precedence over Accept' }),
  encoding: z.enum(['array', 'base64']).default('array').openapi({
    description: 'the encoding of arrays in JSON: nested numbers, or base64 of little-endian float32',
  }),
  columns: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .openapi({ description: 'the number of images in a row of a contact sheet; default: a square sheet' }),
  scale: z
    .int()
    .min(1)
    .max(8)
    .default(1)
    .openapi({ description: 'pixels of the picture per pixel of an image, in each direction' }),
};
