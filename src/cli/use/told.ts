/** The class that a conditional model is told: that of --class, or of each input. Loaded with the library, not with the program. */
import { knownClasses, type Model, told } from '../../api.ts';
import type { ClassFlag } from './class-flag.ts';

/** The model for one batch: a conditional one is told the class of --class, or that of each input. */
export function toldBatch(model: Model, flags: ClassFlag, classes: readonly (string | null)[] = []): Model {
  if (flags.class !== undefined) return told(model, { classes: flags.class });
  if (model.info.condition === null) return model;
  return told(model, classesOf(classes));
}

/** The classes of inputs, if all have one. */
export function classesOf(classes: readonly (string | null)[]): { classes?: readonly string[] } {
  const known = classes.filter((name) => name !== null);
  return known.length === classes.length && known.length > 0 ? { classes: known } : {};
}

/**
 * The model that encodes a batch, and the one that decodes it: --class decodes images of another class as this one. Images
 * without a class are encoded as it, too.
 */
export function ownAndAs(
  model: Model,
  flags: ClassFlag,
  classes: readonly (string | null)[],
): readonly [own: Model, as: Model] {
  const as = toldBatch(model, flags, classes);
  const known = classesOf(classes);
  if (flags.class === undefined || known.classes === undefined) return [as, as];
  return [told(model, known), as];
}

/** What a score is told: --class, or the class of each input, if the model knows them all; otherwise it takes the best fit. */
export function scoredAs(
  model: Model,
  flags: ClassFlag,
  classes: readonly (string | null)[],
): { classes?: string | readonly string[] } {
  if (flags.class !== undefined) return { classes: flags.class };
  const known = knownClasses(model.info);
  const own = classesOf(classes);
  return own.classes?.every((name) => known.includes(name)) ? own : {};
}
