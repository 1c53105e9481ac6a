/** The classes that a conditional model is told: as a caller names them, checked, as labels. */
import { HourglassError } from '../errors.ts';
import type { ConditionConfig } from '../models/index.ts';
import { nearest } from '../suggest.ts';

/** A class by its name, or by its position in the model's list of classes, from 0. */
export type ToldClass = string | number;

/** What a conditional model is told next to its images or codes. */
export interface Told {
  /**
   * Their classes: one for all, or one for each, by name or by position in `info.condition.classes`. A conditional model needs
   * them; other models refuse them.
   */
  classes?: ToldClass | readonly ToldClass[] | Uint8Array;
}

/** What a conditional model is told. */
export interface ConditionInfo {
  /** The names of the classes, by their labels. */
  classes: readonly string[];
  /** Those that had no training images: they are refused. */
  unseen: readonly string[];
}

/** What of a model's `info` says what it is told. */
interface Conditional {
  recipe: string;
  condition: ConditionInfo | null;
}

/** The condition in a recipe's model; null for a model without one, or whose classes are not known. */
export const conditionOf = (config: ConditionConfig | undefined): ConditionInfo | null =>
  config?.classes === undefined ? null : { classes: config.classes, unseen: config.unseen ?? [] };

/** The classes of a conditional model that had training images; none for another model. */
export const knownClasses = ({ condition }: Pick<Conditional, 'condition'>): string[] =>
  condition === null ? [] : condition.classes.filter((name) => !condition.unseen.includes(name));

/** The classes of `count` samples of a conditional model: all that it knows, one after the other, equally often. */
export function classesInTurn({ condition }: Pick<Conditional, 'condition'>, count: number): string[] {
  const known = knownClasses({ condition });
  return Array.from({ length: count }, (_, i) => known[Math.floor((i * known.length) / count)]!);
}

/** A list that fits a line. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `${shown} … (${names.length} in all)` : shown;
}

/**
 * The label of a class of a model. Text that is not a name is read as a position.
 * @throws HourglassError (usage) for a class that it does not know, or that had no training images.
 */
export function labelOf({ condition, ...info }: Conditional, choice: ToldClass): number {
  const { classes, unseen } = condition!;
  const named = typeof choice === 'string' ? classes.indexOf(choice) : -1;
  const label = named >= 0 || choice === '' ? named : Number(choice);
  const known = knownClasses({ condition });
  if (!(Number.isInteger(label) && label >= 0 && label < classes.length)) {
    const near = typeof choice === 'string' && choice.length > 2 ? nearest(choice, known) : undefined;
    throw new HourglassError('usage', {
      subject: 'class',
      rule: `must be one of the classes of ${info.recipe}: ${listed(known)}`,
      got: choice,
      ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
    });
  }
  if (!unseen.includes(classes[label]!)) return label;
  throw new HourglassError('usage', {
    subject: 'class',
    rule: `had no training images: ${info.recipe} knows ${listed(known)}`,
    got: classes[label],
  });
}

/**
 * The labels of `rows` images or codes; null for a model that is told nothing.
 * @throws HourglassError (usage) if a conditional model is told no classes, unknown ones or another number of them; if another
 * model is told any.
 */
export function labelsFor(info: Conditional, { classes }: Told, rows: number): Uint8Array | null {
  const { condition, recipe } = info;
  if (condition === null) {
    if (classes === undefined) return null;
    throw new HourglassError('usage', {
      subject: 'class',
      rule: `is for conditional models: ${recipe} is told no class`,
      hint: 'leave it out',
    });
  }
  if (classes === undefined) {
    throw new HourglassError('usage', {
      subject: 'class',
      rule: `must be given: ${recipe} is a conditional model of ${listed(knownClasses(info))}`,
      hint: 'name it: --class on the command line, classes in the library, class in a request',
    });
  }
  if (typeof classes === 'string' || typeof classes === 'number')
    return new Uint8Array(rows).fill(labelOf(info, classes));
  const known = new Map<ToldClass, number>();
  const labels = Array.from(classes as ArrayLike<ToldClass>, (choice) => {
    const label = known.get(choice) ?? labelOf(info, choice);
    known.set(choice, label);
    return label;
  });
  if (labels.length === rows) return Uint8Array.from(labels);
  if (labels.length === 1) return new Uint8Array(rows).fill(labels[0]!);
  throw new HourglassError('usage', {
    subject: 'classes',
    rule: `must be one for all, or one for each of ${rows}`,
    got: `${labels.length} classes`,
  });
}
