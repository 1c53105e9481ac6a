/** What a conditional model is told: the classes of samples, and the class that codes are decoded as. */
import type { PageModel, Told } from 'hourglass/web';

type Asked = Pick<PageModel, 'info'>;

/** The classes that a model can be told, in their order; none for a model that is told nothing. */
export function classesOf({ info: { condition } }: Asked): readonly string[] {
  return (condition?.classes ?? []).filter((name) => !condition!.unseen.includes(name));
}

/** Samples with labels. */
interface Labelled {
  readonly classes: readonly string[];
  readonly labels: Uint8Array;
}

/** The classes of the samples from one to another, for a conditional model. */
export function ownClasses(model: Asked, { classes, labels }: Labelled, from: number, to: number): Told {
  if (classesOf(model).length === 0) return {};
  return { classes: Array.from(labels.subarray(from, to), (label) => classes[label]!) };
}

/** What a score is told: their own classes if the model knows them all, otherwise none, and it takes the best fit. */
export function scoredAs(model: Asked, set: Labelled, from: number, to: number): Told {
  const known = classesOf(model);
  const labels = [...new Set(set.labels.subarray(from, to))];
  return labels.every((label) => known.includes(set.classes[label]!)) ? ownClasses(model, set, from, to) : {};
}

/** One class for all, for a conditional model. */
export const asClass = (name: string | null): Told => (name === null ? {} : { classes: name });
