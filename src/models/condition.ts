/**
 * Conditional autoencoders (Kingma et al., 2014; Sohn et al., 2015): encoder and decoder are told the class of an image.
 * The class is one-hot, [N, classes], and joined to what the first layer of each half takes: to rows as further columns,
 * to maps as channels that are 1 or 0 throughout.
 */
import * as z from 'zod/mini';
import { HourglassError } from '../errors.ts';
import { BATCH, concat, constant, input, mul, reshape, type Sym } from '../graph/index.ts';

/** Labels are bytes. */
const MOST_CLASSES = 256;

export const conditionSchema = z
  .strictObject({
    on: z
      .literal('class')
      .check(z.describe('what both halves are told: class, the label of an image or row')),
    classes: z
      .optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(MOST_CLASSES)))
      .check(
        z.describe("the names of the classes, by their labels (default: the data set's; a run records them)"),
      ),
    unseen: z
      .optional(z.array(z.string()))
      .check(
        z.describe('those of the classes without training images (default: follows from the training split)'),
      ),
  })
  .check(
    z.describe(
      'makes the model conditional: encoder and decoder are given the class of an image, so that images are sampled and reconstructed by class (default: none)',
    ),
  );

/** The settings under `model.condition` in a recipe. */
export type ConditionConfig = z.infer<typeof conditionSchema>;

/** A model's settings, of which this is one. */
interface Conditional {
  condition?: ConditionConfig | undefined;
}

/**
 * How many numbers tell a model the class of an image; 0 for one that is told nothing.
 * @throws RangeError if its classes are not known yet: they are the data's.
 */
export function conditionUnits({ condition }: Conditional): number {
  if (condition === undefined) return 0;
  if (condition.classes === undefined)
    throw new RangeError('model.condition: its classes follow from the data');
  return condition.classes.length;
}

/** The classes of a batch as an input of a graph, one-hot [N, classes]; undefined for a model that is told nothing. */
export const conditionInput = ({
  conditionUnits: units,
}: {
  readonly conditionUnits: number;
}): Sym | undefined => (units === 0 ? undefined : input('class', [BATCH, units]));

/**
 * What a first layer takes: `h` and the class next to it.
 * @param h [N, features], or maps [N, channels, height, width].
 * @param condition one-hot, [N, classes].
 */
export function joined(h: Sym, condition: Sym): Sym {
  if (h.shape.length !== 4) return concat([h, condition], 1);
  const [, , height, width] = h.shape as [unknown, unknown, number, number];
  const [rows, classes] = condition.shape as [number, number];
  const ones = constant(new Array<number>(height * width).fill(1), [1, 1, height, width]);
  return concat([h, mul(reshape(condition, [rows, classes, 1, 1]), ones)], 1);
}

/** Writes labels as one-hot rows, [labels, units]. */
export function oneHotInto(labels: ArrayLike<number>, units: number, into: Float32Array): void {
  into.fill(0, 0, labels.length * units);
  for (let row = 0; row < labels.length; row++) into[row * units + labels[row]!] = 1;
}

/** @throws HourglassError (usage) for a conditional model whose halves cannot take a class. */
export function checkCondition({ condition, tied }: Conditional & { tied: boolean }): void {
  if (condition === undefined || !tied) return;
  throw new HourglassError('usage', {
    subject: 'model.tied',
    rule: 'does not fit model.condition: the first layer takes the class next to the image, and the output gives none',
    got: 'true',
    hint: 'set model.tied=false',
  });
}
