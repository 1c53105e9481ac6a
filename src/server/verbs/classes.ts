/** The class that a conditional model is told, as an option of every verb. */
import { z } from '@hono/zod-openapi';
import type { Told } from '../../api.ts';

/** Characters of a name: those of folders are no longer. */
const LONGEST = 1000;
const LARGEST = 255;

const one = z.union([z.string().min(1).max(LONGEST), z.int().min(0).max(LARGEST)]);

/** One class, or one for each image, row or code. */
export const classesSchema = z.union([one, z.array(one).min(1)], {
  error: 'must be a class of the model, or a list of one for each',
});

/** What every verb takes. */
export const CLASS = {
  class: classesSchema.optional().openapi({
    description:
      'for conditional models: the class of all images, rows or codes, or a list of one for each (in a query a,b,c). A class is given by its name, or by its position in the classes of the model where none has this name',
  }),
};

/** Classes as names, of which the model reads the unknown as positions: a query cannot tell 7 from "7". */
export const toldOf = (given: z.output<typeof classesSchema> | undefined): Told =>
  given === undefined ? {} : { classes: Array.isArray(given) ? given.map(String) : String(given) };
