/** What the studio's server and the process of a training say to each other: plain data. */

import type { RunEvent, Snapshot } from '../../session/index.ts';
import type { SamplerName } from '../protocol.ts';

export interface TrainingStart {
  readonly type: 'start';
  /** Modules to load first. */
  readonly extensions: readonly string[];
  readonly dataDir: string | null;
  readonly isPaused: boolean;
  readonly run:
    | {
        readonly type: 'new';
        readonly recipe: string | Readonly<Record<string, unknown>>;
        readonly set: Readonly<Record<string, unknown>>;
        /** A data set's name, or a folder. */
        readonly data: string;
        /** The folder to make. */
        readonly out: string;
      }
    | { readonly type: 'resume'; readonly folder: string };
}

/** Pictures of a run that does not train. */
export interface ShowStart {
  readonly type: 'show';
  readonly extensions: readonly string[];
  readonly dataDir: string | null;
  readonly folder: string;
}

/** A distribution that is fitted to the codes of a finished run. */
export interface FitStart {
  readonly type: 'fit';
  readonly extensions: readonly string[];
  readonly dataDir: string | null;
  readonly folder: string;
  readonly kind: SamplerName;
}

export type ToTraining =
  | TrainingStart
  | ShowStart
  | FitStart
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'step'; readonly count: number }
  | { readonly type: 'speed'; readonly stepsPerSecond: number | null }
  | { readonly type: 'learning-rate'; readonly value: number }
  | { readonly type: 'stop' };

export type FromTraining =
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  /** It cannot begin, or has failed: an expected error in a line, or all that is known. */
  | { readonly type: 'failed'; readonly message: string; readonly isExpected: boolean }
  /** `shown` after the pictures of a run that does not train, `fitted` after a distribution of codes. */
  | { readonly type: 'done'; readonly status: 'finished' | 'stopped' | 'shown' | 'fitted' };
