/**
 * What the studio's page and what is behind it say to each other: plain data, the same over HTTP (Node behind the page) and
 * within the page (no server). Arrays of numbers are typed arrays here; over HTTP they travel as base64.
 */

import type { SAMPLERS } from '../choices.ts';
import type { Finding } from '../diagnosis/index.ts';
import type { GenerationSource, GenerationValues } from '../metrics/figures/generation.ts';
import type { MetricsRow } from '../record/index.ts';
import type { SampleKind } from '../samples/words.ts';
import type { RunEvent } from '../session/events.ts';
import type { Snapshot } from '../session/snapshot.ts';
import type { TableEncoding } from '../tables/index.ts';

export type { Finding, SampleKind, Snapshot };

/** What can be fitted to the codes of a run. */
export type SamplerName = (typeof SAMPLERS)[number];

/** A recipe that one can train. */
export interface RecipeEntry {
  /** Names it in the page's address; of a recipe that comes with hourglass its name. */
  readonly id: string;
  /** `hourglass`: comes with it; `folder`: a file in a folder of this machine; `own`: was added in the studio. */
  readonly origin: 'hourglass' | 'folder' | 'own';
  readonly name: string;
  /** What it is for, in a sentence or two. */
  readonly why: string;
  /** The figure that it is held to, in words; null if none is quoted. */
  readonly reference: string | null;
  /** The recipe, as in its JSON file. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Why it cannot be trained as it is, in a line that names the setting; null for a recipe that can. */
  readonly problem: string | null;
}

/** Images or rows that one can train on. */
export interface DataEntry {
  /** What a training request names. */
  readonly id: string;
  readonly title: string;
  /** Size, number of samples and origin, in a line. */
  readonly note: string;
  readonly samples: SampleKind;
}

/** What was found in a table, as it would be trained on. */
export interface FoundColumns {
  /** How many columns become how many values, in a line. */
  readonly about: string;
  /** How the rows are divided, in words. */
  readonly splits: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** The classes of the label; empty without one. */
  readonly classes: readonly string[];
  /** The label's column; null without one. */
  readonly label: string | null;
  readonly columns: readonly FoundColumn[];
  readonly notes: readonly string[];
}

export interface FoundColumn {
  readonly name: string;
  /** What it is taken as; null if it is left out. */
  readonly type: 'number' | 'boolean' | 'category' | null;
  /** Training rows without a value. */
  readonly missing: number;
  /** Its range, its share of true or its categories; or why it is left out. */
  readonly about: string;
}

/** A training to begin. */
export interface TrainRequest {
  /** A recipe's name, or a recipe as an object. */
  readonly recipe: string | Readonly<Record<string, unknown>>;
  /** Values to replace, by path: `{ 'training.epochs': 5 }`. */
  readonly set: Readonly<Record<string, unknown>>;
  /** The id of a {@link DataEntry}. */
  readonly data: string;
  /** Begin paused, so that the first step is the user's. */
  readonly paused?: boolean;
}

/** What one can tell a training. */
export type Command =
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** So many more steps, then wait. */
  | { readonly type: 'step'; readonly count: number }
  /** At most so many steps a second; null for full speed. */
  | { readonly type: 'speed'; readonly stepsPerSecond: number | null }
  /** From the next step on; it is recorded, and the run can be reproduced. */
  | { readonly type: 'learning-rate'; readonly value: number }
  | { readonly type: 'stop' };

/** Samples of a split with their classes. */
export type SampleSet = ImageSet | RowSet;

/** Rows of a table as a model takes them: [count, values], in the columns' own units. */
export interface RowSet {
  readonly kind: 'row';
  readonly count: number;
  readonly values: Float32Array;
  /** The class of each row as a position in `classes`. */
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
  /** Names each row: its number in its file. */
  readonly names: readonly string[];
  /** How rows become values, and values rows. */
  readonly encoding: TableEncoding;
}

/** Images of one size: bytes, [count, channels, height, width], 0 to 255. */
export interface ImageSet {
  readonly kind: 'image';
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly values: Uint8Array;
  /** The class of each image as a position in `classes`. */
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
}

export type RunState = 'waiting' | 'running' | 'paused' | 'evaluating' | 'finished' | 'stopped' | 'failed';

/** What is sent while a run trains. A new listener first gets what there is: the header, all rows, the newest snapshot. */
export type RunMessage =
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'state'; readonly state: RunState }
  /** Its most steps a second, when somebody changes them; null for full speed. */
  | { readonly type: 'speed'; readonly stepsPerSecond: number | null }
  /** An error in a line, if it is an expected one; else what is known. */
  | { readonly type: 'failed'; readonly message: string };

/** Pictures of a run that does not train, as it was left; or, in a sentence, why there are none. */
export type LastPictures =
  | { readonly snapshot: Snapshot; readonly problem: null }
  | { readonly snapshot: null; readonly problem: string };

/** A run as the table shows it. */
export interface RunEntry {
  /** Names the run in every call. It is no path. */
  readonly id: string;
  readonly name: string;
  readonly recipe: string;
  readonly dataset: string;
  /** What it is trained on. */
  readonly samples: SampleKind;
  readonly state: RunState;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly parameters: number;
  readonly tags: readonly string[];
  /** Figures on the test split by their names; empty until they are measured. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** The verdict, in a sentence; null until it is measured. */
  readonly verdict: string | null;
  /** Why it cannot be read, in a line; null for a run that can. */
  readonly broken: string | null;
}

/** All that is recorded of a run. */
export interface RunDetails extends RunEntry {
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** The id of its images, so that they can be trained on again; null if they are not among those of the studio. */
  readonly data: string | null;
  readonly rows: readonly MetricsRow[];
  /** What is the matter with the model, with cause and remedy; empty until it is measured. */
  readonly findings: readonly Finding[];
  /** How close its samples come to held-out ones, by what they are drawn from; null until it is measured. */
  readonly generation: Generation | null;
  /** Whether there is a model to explore. */
  readonly hasModel: boolean;
}

/** How close samples come to held-out ones: a line for each thing that they are drawn from. */
export interface Generation {
  /** Samples of each. */
  readonly images: number;
  /** Features, samples and neighbours, in words. */
  readonly definition: string;
  readonly sources: readonly (GenerationSource & GenerationValues)[];
}

export type SweepState = 'running' | 'finished' | 'stopped';

/** A sweep as the list shows it. */
export interface SweepEntry {
  /** Names the sweep in every call. It is no path. */
  readonly id: string;
  readonly name: string;
  readonly recipe: string;
  readonly state: SweepState;
  /** How it is searched and pruned, in words: "tpe, pruned by asha". */
  readonly search: string;
  /** The figures that trials are judged by, on the validation split. */
  readonly objectives: readonly SweepObjective[];
  /** Trials that are planned. */
  readonly trials: number;
  readonly counts: Readonly<Record<TrialState, number>>;
  /** The best complete trial, or of several objectives the first of the front; null if none is complete. */
  readonly best: SweepTrial | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Why it cannot be read, in a line; null for a sweep that can. */
  readonly broken: string | null;
}

export interface SweepObjective {
  /** The figure's key. */
  readonly key: string;
  readonly name: string;
  readonly better: 'lower' | 'higher';
}

export type TrialState = 'running' | 'complete' | 'pruned' | 'failed';

export interface SweepTrial {
  readonly number: number;
  readonly state: TrialState;
  /** The objectives, once they are measured; of a pruned trial its last validation loss. */
  readonly values: readonly number[] | null;
  /** The values of the settings that vary, as text, in the order of the sweep's settings; empty where one is not set. */
  readonly settings: readonly string[];
  /** The validation loss after each epoch. */
  readonly losses: readonly number[];
  /** Why it failed; null if it did not. */
  readonly error: string | null;
}

/** All that the page shows of a sweep. */
export interface SweepDetails extends SweepEntry {
  /** The names of the settings that vary, short, and their paths. */
  readonly settings: readonly { readonly name: string; readonly path: string }[];
  /** Trials that run, then the others from the best, as many as are shown. */
  readonly shown: readonly SweepTrial[];
  /** The first objective of every complete trial, by its number. */
  readonly points: readonly (readonly [number: number, value: number])[];
}
