/** The events of a run, as plain data: they come from the training thread. */
import type { ClassCounts } from '../data/classes.ts';
import type { DownloadProgress } from '../data/dataset.ts';
import type { ErrorKind, ErrorParts } from '../errors.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { Manifest, MetricsRow } from '../store/index.ts';

export type RunEvent =
  | ({ type: 'download' } & DownloadProgress)
  /** A folder of images is being read. */
  | { type: 'reading'; read: number; total: number }
  /** Something that a person should know; the work continues. */
  | { type: 'warning'; message: string }
  | ({ type: 'start' } & RunHeader)
  | {
      type: 'step';
      epoch: number;
      step: number;
      steps: number;
      trainingLoss: number;
      imagesPerSecond: number;
    }
  | { type: 'epoch'; row: MetricsRow; isBest: boolean }
  /** Training is over: the model is being measured and drawn. */
  | { type: 'evaluating' }
  /** What is being measured or drawn, in words, and the share that is done, 0 to 1. */
  | { type: 'measuring'; phase: string; share: number }
  | ({ type: 'finished' } & FinishedRun)
  | { type: 'stopped'; folder: string; epoch: number };

/** The model and the data of a training. */
export interface RunHeader {
  folder: string;
  name: string;
  recipe: string;
  dataset: {
    name: string;
    source: string;
    splits: string;
    /** What the sub-folders of a folder of images were recognised as, in words, if they are not classes. */
    layout: string | null;
  };
  /** The classes of a folder of images, with how many images of each are in which split; empty without classes. */
  classes: ClassCounts[];
  counts: { train: number; validation: number; test: number };
  parameters: number;
  /** Layer widths from image to image, for example 784-512-…-784. */
  shape: string;
  /** Each part of the loss: its definition, with its weight if that is not 1. */
  loss: string[];
  /** What a reader should know before the training: settings that are often a mistake. */
  notes: string[];
  /** What is done to images before the encoder sees them; null if nothing is. */
  corruption: string | null;
  optimiser: string;
  epochs: number;
  batchSize: number;
  seed: number;
  threads: number;
  device: Manifest['device'];
  /** Epochs done before this session: above 0 for a resumed run. */
  epochsBefore: number;
}

export interface FinishedRun {
  folder: string;
  evaluation: Evaluation;
  /** The epoch whose weights were kept, and the number trained. */
  keptEpoch: number;
  epochs: number;
  stoppedEarly: boolean;
  trainingSeconds: number;
  pictures: string[];
  /** A few test images (with noise for a denoiser), as [n, channels, height, width] in [0, 1], and their reconstructions. */
  examples: {
    height: number;
    width: number;
    channels: 1 | 3;
    captions: string[];
    inputs: Float32Array;
    reconstructions: Float32Array;
  };
}

/** What the training thread posts: events, then one end. */
export type ThreadMessage =
  | { type: 'event'; event: RunEvent }
  | { type: 'done' }
  | { type: 'expected-error'; kind: ErrorKind; parts: ErrorParts }
  | { type: 'unexpected-error'; error: unknown };
