/**
 * What a figure is: its words, to whom it applies, and how it is measured. Types only. The tables are in the other files
 * of this folder; everything that measures, stores or shows figures iterates over them.
 */
/** The words of a figure, as plain data: tables, pages and JSON are made of them. */
export interface FigureWords {
  /** Its field in results.json, and its name in JSON. */
  readonly key: string;
  /** As tables and pages call it, for example "MSE per pixel". */
  readonly name: string;
  /** At most 16 characters, for the terminal and for sentences; if absent, the name. */
  readonly short?: string;
  /** A few words next to it in the terminal. */
  readonly note: string;
  /** For example "dB" or "nats"; empty for a figure without a unit. */
  readonly unit: string;
  /** Which values are better; null where neither is, so that runs are not ranked by it. */
  readonly better: 'lower' | 'higher' | null;
}

/** The kind of samples that a figure is measured on: their kind, shape and range. */
export interface MeasuredSamples {
  /** An image has places next to each other and values of one range; a row has columns of different meaning. */
  readonly kind: 'image' | 'row';
  /** The shape of one sample: [channels, height, width] of an image, [columns] of a row. */
  readonly shape: readonly number[];
  /** The least and the greatest value; null if there are no such limits. */
  readonly range: readonly [least: number, greatest: number] | null;
}

/** One sentence that says exactly what is measured; for some figures it depends on the samples. */
export type FigureDefinition = string | ((samples: MeasuredSamples) => string);

/** A figure that compares samples with what stands for them: reconstructions, or those of a baseline. */
export interface Figure extends FigureWords {
  /** What is measured, in one sentence. */
  readonly definition: FigureDefinition;
  /** The samples it is for; if absent, all. Of others it is not measured, and no table shows it. */
  readonly appliesTo?: (samples: MeasuredSamples) => boolean;
  /** Whether baselines (PCA, the mean image) and noisy samples have no such figure; if absent, all have it. */
  readonly modelOnly?: true;
  /** Figures with the same measure are measured in one pass. */
  readonly measure: Measure;
}

/** How one or more figures are measured: `result()` has a value for the key of each. */
export interface Measure<Result extends object = Readonly<Record<string, number>>> {
  /** Begins a measurement on samples of this kind. */
  begin(samples: MeasuredSamples): Accumulator<Result>;
  /** A slow measure takes at most as many samples as have this many values together, spread evenly over all. */
  readonly most?: number;
}

/** Adds up a measure over batches. */
export interface Accumulator<Result extends object = Readonly<Record<string, number>>> {
  /** Both are [n, ...shape], row-major. */
  add(originals: Float32Array, others: Float32Array): void;
  /**
   * The values over all samples added.
   * @throws HourglassError where there were none.
   */
  result(): Result;
}

/** Any figure of the table, also one of the run as a whole or one that is measured on request. */
export interface ListedFigure<Measured> extends FigureWords {
  /** What is measured, in one sentence. */
  readonly definition: FigureDefinition;
  /** The samples it is for; if absent, all. */
  readonly appliesTo?: (samples: MeasuredSamples) => boolean;
  /** The flag of `hourglass evaluate` that measures it; null if every evaluation does. */
  readonly request: 'probe' | 'likelihood' | 'generation' | 'one-class' | null;
  /**
   * How it was measured in this evaluation, if that may differ from one to another: it is compared only where that is the
   * same.
   */
  readonly measuredAs?: (measured: Measured) => string | undefined;
  /** Its value in an evaluation; undefined or null where it was not measured. */
  readonly read: (measured: Measured) => number | null | undefined;
}

/** The values of a table's figures by key, each with the doc comment of its measure's result. */
export type FigureValues<Figures extends readonly Figure[]> = Pick<
  Together<Figures[number]['measure']>,
  Figures[number]['key'] & keyof Together<Figures[number]['measure']>
>;

/** The intersection of the results of a union of measures. */
type Together<Measures> = (Measures extends Measure<infer Result> ? (one: Result) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
