/** The state of a run's session, and its manifest, kept up to date. */
import type { Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import type { DeviceChoice, Engine } from '../engine/index.ts';
import type { Definition } from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { SessionData } from '../runs/data.ts';
import { type Lock, type Manifest, type MetricsRow, writeManifest } from '../store/index.ts';
import type { Position, Trainer } from '../training/index.ts';
import type { RunEvent } from './events.ts';
import type { Observer } from './observer.ts';

/** What to train. Plain data: it crosses to the training thread. `figures` are the addresses of modules. */
export type SessionStart =
  | {
      type: 'new';
      recipe: Recipe;
      /** Values that were given for this run, by path: no rule changes them. */
      given: Readonly<Record<string, unknown>>;
      out: string;
      threads: number;
      device: DeviceChoice;
      tensorboard: Manifest['tensorboard'];
      data: SessionData;
      checkpointEvery: number;
      figures?: readonly string[];
    }
  | {
      type: 'resume';
      folder: string;
      data: SessionData;
      checkpointEvery: number;
      figures?: readonly string[];
    };

/** What the training thread is given: modules to load first, as the recipe may be of kinds that they add. */
export type ThreadStart = SessionStart & { extensions: readonly string[] };

export interface SessionContext {
  engine: Engine;
  emit: (event: RunEvent) => void;
  /** Asks the session to end after the current step, with a checkpoint. */
  signal: AbortSignal;
  /** What watches besides the disk, TensorBoard and the events. */
  observers?: readonly Observer[];
}

/** All that a session works with, new or resumed. */
export interface Session {
  engine: Engine;
  folder: string;
  /** On the folder: nobody else writes it. */
  lock: Lock;
  manifest: Manifest;
  /** What its checkpoints must carry to be its own. */
  configuration: string;
  recipe: Recipe;
  definition: Definition;
  dataset: Dataset;
  splits: TrainingSplits;
  trainer: Trainer;
  position: Position;
  rows: MetricsRow[];
  /** What was changed to fit the images, what is too small, what cannot be drawn; empty for a resumed run. */
  beginningNotes: readonly string[];
  /** What a reader should know of the device. */
  deviceNote: string | null;
}

/** Changes the manifest, in memory and on disk. */
export async function update(session: Session, change: Partial<Manifest>): Promise<void> {
  await session.lock.requireHeld();
  session.manifest = { ...session.manifest, ...change };
  await writeManifest(session.folder, session.manifest);
}

export const now = (): string => new Date().toISOString();
