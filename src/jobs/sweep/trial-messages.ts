/** What a sweep and the process of one of its trials say to each other: plain data. */
import type { ErrorKind } from '../../errors.ts';

export interface TrialStart {
  /** Modules to load first. */
  readonly extensions: readonly string[];
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly set: Readonly<Record<string, unknown>>;
  /** The folder of the run; one that is there is continued. */
  readonly out: string;
  readonly threads: number;
  readonly dataDir: string | null;
  readonly offline: boolean;
  /** What the run must record of its training images; null for anything. */
  readonly fingerprint: string | null;
  /** Where downloads are kept; by default the machine's cache. */
  readonly cacheDir?: string | undefined;
  /** Whether pictures and a report are made. Default false. */
  readonly pictures?: boolean | undefined;
  /** Whether figures besides the loss are to be measured on the validation split. */
  readonly measure: boolean;
  /** Whether the figures on the test split are told as well: nothing may choose by them. */
  readonly test: boolean;
}

/** Values by the keys of their figures. */
export type Figures = Readonly<Record<string, number>>;

/** `number` counts the trials of the process: one that has ended is not stopped, nor the next in its place. */
export type ToTrial =
  | { readonly type: 'start'; readonly number: number; readonly start: TrialStart }
  | { readonly type: 'stop'; readonly number: number };

export type FromTrial =
  | {
      readonly type: 'begun';
      readonly folder: string;
      readonly epochs: number;
      readonly epochsBefore: number;
    }
  | { readonly type: 'step'; readonly epoch: number; readonly share: number }
  | { readonly type: 'epoch'; readonly epoch: number; readonly loss: number }
  | { readonly type: 'measuring' }
  | { readonly type: 'stopped' }
  | {
      readonly type: 'finished';
      readonly validation: Figures;
      readonly test: Figures;
      readonly epochs: number;
    }
  | { readonly type: 'failed'; readonly kind: ErrorKind | null; readonly message: string };
