/** The figures of models of single classes, as tables. */
import type { ScoreName } from '../evaluation/anomaly-scores.ts';
import type { LeftOutModel, Setup } from './one-class-plan.ts';

export interface OneClassRow {
  /**
   * The one class that is normal, or the one that is the anomaly. For a run that learned only some classes: the other
   * class that its own are separated from; null for all others together.
   */
  class: string | null;
  /** The run that was scored. */
  run: string;
  /** The numbers of test images of each kind. */
  normal: number;
  anomalous: number;
  /** The AUROC of each score. */
  auroc: Partial<Record<ScoreName, number>>;
}

export interface OneClassTable {
  setup: Setup | 'as trained';
  rows: OneClassRow[];
  /** The mean over the rows, each class with the same weight. */
  mean: Partial<Record<ScoreName, number>>;
}

export interface OneClassEvaluation {
  dataset: string;
  recipe: string;
  /** The epochs of each model; null if they follow the number of its images, as in a run whose recipe was fitted to its own. */
  epochs: number | null;
  seed: number;
  definitions: { auroc: string } & Partial<Record<ScoreName, string>>;
  tables: OneClassTable[];
  /** Models that were not trained, because a class has too few images for them. */
  leftOut: LeftOutModel[];
  /** Where the tables, the pictures and the runs lie. */
  folder: string;
  /** Tables and pictures. */
  files: string[];
}
