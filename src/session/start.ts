/** What the training thread is given, as plain data. */
import type { DeviceChoice } from '../engine/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Manifest } from '../record/index.ts';
import type { PostedData } from '../runs/index.ts';

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
      data: PostedData;
      /** A run or a model's folder, whose weights it begins with. */
      from?: string;
      checkpointEvery: number;
      /** Whether pictures and a report are made at the end; default true. */
      pictures?: boolean;
      figures?: readonly string[];
    }
  | {
      type: 'resume';
      folder: string;
      data: PostedData;
      checkpointEvery: number;
      /** Whether pictures and a report are made at the end; default true. */
      pictures?: boolean;
      figures?: readonly string[];
    };

/** What the training thread is given: modules to load first, as the recipe may be of kinds that they add. */
export type ThreadStart = SessionStart & { extensions: readonly string[]; hasSnapshots: boolean };
