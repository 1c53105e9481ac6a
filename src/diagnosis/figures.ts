/** The figures of an evaluation as tables show them: their words, and their values next to those to beat. */
import { ERROR_FIGURES, type FigureWords, SIMILARITY_FIGURES } from '../metrics/index.ts';
import { inWordsFor } from '../samples/index.ts';
import { type Figures, samplesOf } from './facts.ts';

/** Whose figures stand side by side. */
export type Side = 'model' | 'denoised' | 'noisy' | 'pca' | 'meanImage';

/** A figure of one evaluation. */
export interface ShownFigure extends FigureWords {
  /** What is measured, in one sentence. */
  definition: string;
  /** Where it is in results.json. */
  of: 'errors' | 'similarity';
  /** Its values, where they were measured. */
  values: Readonly<Partial<Record<Side, number>>>;
}

/** Values by the keys of their figures; null or absent if they were not measured. */
export type MeasuredValues = Readonly<Record<string, number | null | undefined>>;

/** What was measured of a model, and of what it is to beat. */
export interface Sides {
  /** Reconstructions of the images as they are. */
  model: MeasuredValues;
  /** A denoiser's own task; null for other models. */
  corrupted: {
    /** Reconstructions of corrupted images. */
    model: MeasuredValues;
    /** The corrupted images themselves. */
    input: MeasuredValues;
  } | null;
  /** PCA with a code of the same size; null if there is none. */
  pca: MeasuredValues | null;
  /** The mean training image. */
  meanImage: MeasuredValues;
}

/** The part of an evaluation that holds these figures. A diagnosis needs no definitions. */
export interface FigureSides extends Sides {
  /** The definition of each error. */
  definitions?: Readonly<Record<string, string>>;
  /** SSIM and PSNR; null if they were not measured. */
  similarity:
    | (Sides & {
        /** The definition of each figure. */
        definitions?: Readonly<Record<string, string>>;
      })
    | null;
  /** The errors of each column; absent for images. Figures of rows are worded for them. */
  columns?: readonly unknown[] | undefined;
  /** The words of figures that were added from outside. */
  figures?: readonly FigureWords[] | undefined;
}

/**
 * The figures that an evaluation has, in the order of tables: errors, similarity, then those that were added to the
 * table from outside. The evaluation itself describes the last, so that showing them takes none of their code.
 *
 * @example
 * ```ts
 * import { evaluateRun, figuresOf } from 'hourglass';
 *
 * const evaluation = await evaluateRun('runs/digits');
 * for (const { name, values } of figuresOf(evaluation)) console.log(name, values.model, values.pca);
 * ```
 */
export function figuresOf({ similarity, figures: added = [], ...errors }: FigureSides): ShownFigure[] {
  const kind = samplesOf(errors);
  const worded = ({ name, short, note, definition, ...figure }: ShownFigure): ShownFigure => ({
    ...figure,
    name: inWordsFor(kind, name),
    ...(short === undefined ? {} : { short: inWordsFor(kind, short) }),
    note: inWordsFor(kind, note),
    definition: inWordsFor(kind, definition),
  });
  return [
    ...shown('errors', ERROR_FIGURES, errors),
    ...(similarity === null ? [] : shown('similarity', SIMILARITY_FIGURES, similarity)),
    ...shown('errors', added, errors),
  ].map(worded);
}

function shown(
  of: ShownFigure['of'],
  figures: readonly FigureWords[],
  from: Sides & Pick<FigureSides, 'definitions'>,
): ShownFigure[] {
  const sides: Record<Side, MeasuredValues | null | undefined> = {
    model: from.model,
    denoised: from.corrupted?.model,
    noisy: from.corrupted?.input,
    pca: from.pca,
    meanImage: from.meanImage,
  };
  return figures.flatMap(({ key, name, short, note, unit, better }) => {
    const values = Object.fromEntries(
      Object.entries(sides).flatMap(([side, all]) =>
        typeof all?.[key] === 'number' ? [[side, all[key]] as const] : [],
      ),
    ) as ShownFigure['values'];
    if (values.model === undefined) return [];
    const words = { key, name, ...(short === undefined ? {} : { short }), note, unit, better };
    return [{ ...words, definition: from.definitions?.[key] ?? '', of, values }];
  });
}

/** Short enough for a sentence, for example "SE per image". */
export const shortName = ({ name, short }: Pick<FigureWords, 'name' | 'short'>): string => short ?? name;

/** For example "SSIM and PSNR". */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** To four significant digits, as people compare them. */
export function shownFigure(value: number): string {
  if (!Number.isFinite(value)) return 'not a finite number';
  const size = Math.abs(value);
  if (size >= 1e4) return Math.round(value).toLocaleString('en');
  return value === 0 || size >= 1e-4 ? value.toPrecision(4) : value.toExponential(3);
}

export interface NamedFigure {
  name: string;
  value: number;
}

/**
 * Our figures of the kind that a recipe's reference names, found by the words it uses; all errors if it uses no known
 * word. A reference on noisy images is compared with ours on noisy images.
 */
export function figuresLike(reference: string, evaluation: Figures): NamedFigure[] {
  const { corrupted, objective } = evaluation;
  if (/BCE ?\+ ?KL/.test(reference) && objective !== null)
    return [{ name: 'loss, the sum of its parts', value: objective.values.loss! }];
  const noisy = corrupted !== null && /nois[ey]/i.test(reference);
  const errors = figuresOf(evaluation).filter(({ of }) => of === 'errors');
  const named = errors.filter(({ name }) => {
    const short = name.replace(/ per (pixel|value)$/, '');
    return reference.includes(name) || (short !== name && hasWord(reference, short));
  });
  return (named.length === 0 ? errors : named).map(({ name, values }) => ({
    name: noisy ? `${name}, of noisy images` : name,
    value: values[noisy ? 'denoised' : 'model'] ?? Number.NaN,
  }));
}

const hasWord = (text: string, word: string): boolean => text.split(/\W+/).includes(word);
