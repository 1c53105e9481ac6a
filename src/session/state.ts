/** The state of a run's session, and its manifest, kept up to date. */
import type { SampleSet } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import type { Engine } from '../engine/index.ts';
import type { Definition } from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import {
  type Checkpoints,
  type Hold,
  type Manifest,
  type MetricsRow,
  type RunFiles,
  writeManifest,
} from '../record/index.ts';
import { type Position, type Trainer, withRateChange } from '../training/index.ts';
import type { RunEvent } from './events.ts';

export interface SessionContext {
  engine: Engine;
  emit: (event: RunEvent) => void;
  /** Asks the session to end after the current step, with a checkpoint. */
  signal: AbortSignal;
}

/** All that a session works with, new or resumed. */
export interface Session {
  engine: Engine;
  /** Where the run is kept. */
  files: RunFiles;
  /** Nobody else writes it. */
  hold: Hold;
  manifest: Manifest;
  checkpoints: Checkpoints;
  recipe: Recipe;
  definition: Definition;
  dataset: SampleSet;
  splits: TrainingSplits;
  trainer: Trainer;
  position: Position;
  rows: MetricsRow[];
  /** What was changed to fit the images, what is too small, what cannot be drawn; empty for a resumed run. */
  beginningNotes: readonly string[];
  /** What a reader should know of the device. */
  deviceNote: string | null;
}

/** Changes the manifest, in memory and where it is kept. */
export async function update(session: Session, change: Partial<Manifest>): Promise<void> {
  await session.hold.requireHeld();
  session.manifest = { ...session.manifest, ...change };
  await writeManifest(session.files, session.manifest);
}

/**
 * Changes the learning rate from a step on: in the recipe that the training reads, and in the files of the run before the
 * step is taken, so that a run that is killed repeats it.
 */
export async function changeRate(
  session: Session,
  change: { step: number; learningRate: number },
): Promise<void> {
  const { recipe, files } = session;
  recipe.training.rateChanges = withRateChange(recipe.training, change);
  await update(session, { config: { ...recipe } });
  await files.write('recipe.json', `${JSON.stringify(recipe, null, 2)}\n`);
}

export const now = (): string => new Date().toISOString();
