/** The figures of models of single classes, as tables. */
import type { ScoreName } from '../evaluation/anomaly-scores.ts';
import type { LeftOutModel, Setup } from './one-class-plan.ts';

/** The result of one model, or of one class against the normal ones. */
export interface OneClassRow {
  /**
   * The one class that is normal, or the one that is the anomaly. For a run that learned only some classes: the other
   * class that its own are separated from; null for all others together.
   */
  class: string | null;
  /** The run that was scored. */
  run: string;
  /** Test images of normal classes. */
  normal: number;
  /** Test images of the other classes. */
  anomalous: number;
  /** The AUROC of each score, 0 to 1; 0.5 is chance. */
  auroc: Partial<Record<ScoreName, number>>;
}

/** The results of one set-up. */
export interface OneClassTable {
  /** The set-up; `as trained` for a run that learned only some classes. */
  setup: Setup | 'as trained';
  /** A row per class. */
  rows: OneClassRow[];
  /** The mean over the rows, each class with the same weight. */
  mean: Partial<Record<ScoreName, number>>;
}

/** How well models of single classes find images of the others. */
export interface OneClassEvaluation {
  /** The name of the data set. */
  dataset: string;
  /** The name of the recipe. */
  recipe: string;
  /** The epochs of each model; null if they follow the number of its images, as in a run whose recipe was fitted to its own. */
  epochs: number | null;
  /** The seed of every model. */
  seed: number;
  /** The definition of the AUROC and of each score. */
  definitions: {
    /** The definition of the AUROC. */
    auroc: string;
  } & Partial<Record<ScoreName, string>>;
  /** A table per set-up. */
  tables: OneClassTable[];
  /** Models that were not trained, because a class has too few images for them. */
  leftOut: LeftOutModel[];
  /** Where the tables, the pictures and the runs lie. */
  folder: string;
  /** Tables and pictures. */
  files: string[];
}
