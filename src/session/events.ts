/** The events of a run, as plain data: they come from the training thread. */

import type { ClassCounts } from '../data/classes.ts';
import type { DownloadProgress } from '../data/dataset.ts';
import type { ErrorKind, ErrorParts } from '../errors.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { Manifest, MetricsRow } from '../record/index.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What happens in a run, in order: `download` and `reading` while its images are fetched; `start`; `step`s and an `epoch` for
 * each epoch; `evaluating` and `measuring`; at the end `finished` or `stopped`. A `warning` may come at any time.
 */
export type RunEvent =
  | ({
      /** The data set is being downloaded. */
      type: 'download';
    } & DownloadProgress)
  | {
      /** A folder of images is being read. */
      type: 'reading';
      /** Images read so far. */
      read: number;
      /** Images in the folder. */
      total: number;
    }
  | {
      /** Something that a person should know; the work continues. */
      type: 'warning';
      /** What it is. */
      message: string;
    }
  | ({
      /** The model is built: training begins, or resumes. */
      type: 'start';
    } & RunHeader)
  | {
      /** Steps were made; reported at a limited rate. */
      type: 'step';
      /** The epoch, from 1. */
      epoch: number;
      /** Steps made in this epoch. */
      step: number;
      /** Steps of an epoch. */
      steps: number;
      /** The loss, mean over the epoch's images so far. */
      trainingLoss: number;
      /** Training images per second, in this epoch. */
      imagesPerSecond: number;
    }
  | {
      /** The learning rate was changed while the run trains; its recipe records it. */
      type: 'learning-rate';
      /** Steps that were made before the change. */
      step: number;
      /** The new rate, before the schedule. */
      learningRate: number;
    }
  | {
      /** An epoch is complete and validated. */
      type: 'epoch';
      /** Its metrics. */
      row: MetricsRow;
      /** Whether its validation loss is the lowest so far. */
      isBest: boolean;
    }
  | {
      /** Training is over: the model is being measured and drawn. */
      type: 'evaluating';
    }
  | {
      /** A part of the evaluation makes progress. */
      type: 'measuring';
      /** What is being measured or drawn, in words. */
      phase: string;
      /** The share of it that is done, 0 to 1. */
      share: number;
    }
  | ({
      /** Everything is done and written. */
      type: 'finished';
    } & FinishedRun)
  | ({
      /** The training was stopped on request, with a checkpoint. */
      type: 'stopped';
    } & StoppedRun);

/** A run that was stopped on request; {@link resumeTraining} continues it. */
export interface StoppedRun {
  /** The run's folder. */
  folder: string;
  /** Epochs completed. */
  epoch: number;
}

/** The model and the data of a training. */
export interface RunHeader {
  /** The run's folder. */
  folder: string;
  /** The run's name. */
  name: string;
  /** The recipe's name. */
  recipe: string;
  /** The images it is trained on. */
  dataset: {
    /** The name that every result carries. */
    name: string;
    /** Where the images came from, in one line. */
    source: string;
    /** How the splits were made, in words. */
    splits: string;
    /** What the sub-folders of a folder of images were recognised as, in words, if they are not classes. */
    layout: string | null;
    /** Whether its samples are images, or rows of numbers. */
    samples: 'image' | 'row';
  };
  /** The classes of a folder of images, with how many images of each are in which split; empty without classes. */
  classes: ClassCounts[];
  /** The number of images in each split. */
  counts: {
    /** Images in the training split. */
    train: number;
    /** Images in the validation split. */
    validation: number;
    /** Images in the test split. */
    test: number;
  };
  /** The number of trained values. */
  parameters: number;
  /** Layer widths from image to image, for example 784-512-…-784. */
  shape: string;
  /** Each part of the loss: its definition, with its weight if that is not 1. */
  loss: string[];
  /** What a reader should know before the training: settings that are often a mistake. */
  notes: string[];
  /** What is done to images before the encoder sees them; null if nothing is. */
  corruption: string | null;
  /** The optimiser and its settings, in words. */
  optimiser: string;
  /** The most epochs that the run will have. */
  epochs: number;
  /** Images per step. */
  batchSize: number;
  /** The seed of initial weights, order, noise and dropout. */
  seed: number;
  /** Threads of ONNX Runtime. */
  threads: number;
  /** What it is trained on. */
  device: Manifest['device'];
  /** Epochs done before this session: above 0 for a resumed run. */
  epochsBefore: number;
}

/** A run that is trained, measured and drawn. */
export interface FinishedRun {
  /** The run's folder; {@link loadModel} takes it. */
  folder: string;
  /** The figures on the test split. */
  evaluation: Evaluation;
  /** The epoch whose weights were kept, from 1. */
  keptEpoch: number;
  /** The number of epochs trained. */
  epochs: number;
  /** Whether training ended because the validation loss no longer fell. */
  stoppedEarly: boolean;
  /** Seconds of all epochs, validation included. */
  trainingSeconds: number;
  /** The paths of the pictures, as PNG. */
  pictures: string[];
  /** A few test images (with noise for a denoiser), as [n, channels, height, width] in [0, 1], and their reconstructions; null for rows. */
  examples: {
    /** Pixels. */
    height: number;
    /** Pixels. */
    width: number;
    /** 1: grey; 3: red, green, blue. */
    channels: 1 | 3;
    /** The class of each image, or its name. */
    captions: string[];
    /** What the encoder was given, [n, channels, height, width]. */
    inputs: Float32Array;
    /** The reconstructions, [n, channels, height, width]. */
    reconstructions: Float32Array;
  } | null;
}

/** The end of a training: finished with its results, or stopped on request. */
export type TrainResult =
  | ({
      /** The run is trained, measured and drawn. */
      status: 'finished';
    } & FinishedRun)
  | ({
      /** It was stopped by `signal`, with a checkpoint. */
      status: 'stopped';
    } & StoppedRun);

/** What the training thread posts: events, then one end. */
export type ThreadMessage =
  | { type: 'event'; event: RunEvent }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'done' }
  | { type: 'expected-error'; kind: ErrorKind; parts: ErrorParts }
  | { type: 'unexpected-error'; error: unknown };
