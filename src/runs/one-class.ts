/**
 * Anomaly detection by the book: a model learns some classes, and its scores have to tell test images of others. Each
 * class is the normal one once (one-class), or the anomaly once (leave-one-out).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassChoice, labelsOf } from '../data/classes.ts';
import type { Dataset } from '../data/dataset.ts';
import { HourglassError } from '../errors.ts';
import { AUROC_DEFINITION, auroc } from '../metrics/index.ts';
import { readManifest } from '../store/index.ts';
import { hasElbo, SCORE_DEFINITIONS, type ScoreName, scoreImages } from './anomaly-scores.ts';
import { writeOneClass } from './one-class-files.ts';
import { loadRecipe, type Recipe } from './recipe.ts';
import { openRunData } from './run-data.ts';
import type { SessionData } from './state.ts';
import { resumeTraining, type TrainOptions, train } from './train.ts';

export const SETUPS = ['normal', 'leave-one-out'] as const;
/** `normal`: trained on the class alone, all others are odd. `leave-one-out`: trained on all others, the class is odd. */
export type Setup = (typeof SETUPS)[number];

export const ONE_CLASS_FOLDER = 'one-class';

export interface OneClassRow {
  /** The class that is normal alone, or odd alone; null of a run that was trained on some classes itself. */
  class: string | null;
  /** The run that was scored. */
  run: string;
  /** Test images of either kind. */
  normal: number;
  anomalous: number;
  /** By each score. */
  auroc: Partial<Record<ScoreName, number>>;
}

export interface OneClassTable {
  setup: Setup | 'as trained';
  rows: OneClassRow[];
  /** Over the rows, each class counted alike. */
  mean: Partial<Record<ScoreName, number>>;
}

export interface OneClassEvaluation {
  dataset: string;
  recipe: string;
  epochs: number;
  seed: number;
  definitions: { auroc: string } & Partial<Record<ScoreName, string>>;
  tables: OneClassTable[];
  /** Where the tables, the pictures and the runs lie. */
  folder: string;
  /** Tables and pictures. */
  files: string[];
}

export interface OneClassOptions extends SessionData, Pick<TrainOptions, 'signal' | 'threads'> {
  /** Default both. */
  setups?: readonly Setup[];
  /** By name or place; default all. */
  classes?: readonly ClassChoice[];
  /** Default the recipe's. */
  epochs?: number;
  /** Default `one-class` in the run's folder. */
  out?: string;
  /** Called before each model, and as it is trained. */
  onProgress?: (progress: {
    setup: Setup;
    class: string;
    model: number;
    models: number;
    epoch: number;
  }) => void;
}

/**
 * Trains a model a class and set-up by the run's own recipe and scores all test images with each. What is trained
 * already is taken as it is, what was stopped is gone on with. A run that was itself trained on some classes
 * (`data.classes`) is scored as it is.
 * @throws HourglassError (usage) for classes that are none, (run) where the folder has runs of other settings,
 * (interrupted) where the signal came: called again, it goes on.
 */
export async function evaluateOneClass(
  run: string,
  options: OneClassOptions = {},
): Promise<OneClassEvaluation> {
  const { manifest, recipe, whole } = await openRunData(run, options);
  const folder = options.out ?? join(run, ONE_CLASS_FOLDER);
  const threads = options.threads ?? manifest.threads;
  const context: Context = { run, whole, recipe, folder, options: { ...options, threads } };
  const tables =
    recipe.data.classes === undefined ? await trainedTables(context) : [await directTable(context)];
  const scores: ScoreName[] = hasElbo(recipe) ? ['squaredError', 'negativeElbo'] : ['squaredError'];
  const evaluation = {
    dataset: whole.name,
    recipe: recipe.name,
    epochs: options.epochs ?? recipe.training.epochs,
    seed: recipe.seed,
    definitions: {
      auroc: AUROC_DEFINITION,
      ...Object.fromEntries(scores.map((name) => [name, SCORE_DEFINITIONS[name]])),
    },
    tables,
    folder,
  };
  return { ...evaluation, files: await writeOneClass(evaluation) };
}

interface Context {
  run: string;
  /** The data set with all of its classes. */
  whole: Dataset;
  recipe: Recipe;
  folder: string;
  options: OneClassOptions & { threads: number };
}

async function trainedTables(context: Context): Promise<OneClassTable[]> {
  const { whole, options } = context;
  const { setups = SETUPS, onProgress } = options;
  const present = [...new Set(whole.train.labels)].sort((a, b) => a - b);
  if (present.length < 2) {
    throw new HourglassError('data', { subject: whole.name, rule: 'needs images of at least two classes' });
  }
  const chosen = options.classes === undefined ? present : labelsOf(whole, options.classes);
  const models = setups.length * chosen.length;
  const tables: OneClassTable[] = [];
  let model = 0;
  for (const setup of setups) {
    const rows: OneClassRow[] = [];
    for (const label of chosen) {
      model++;
      const name = whole.classes[label]!;
      const report = (epoch: number) => onProgress?.({ setup, class: name, model, models, epoch });
      report(0);
      const normal = setup === 'normal' ? [label] : present.filter((other) => other !== label);
      const run = await trainOn(context, join(context.folder, folderOf(setup, label, name)), normal, report);
      rows.push({ class: name, run, ...(await judge(context, run, normal)) });
    }
    tables.push({ setup, rows, mean: meanOf(rows) });
  }
  return tables;
}

async function directTable(context: Context): Promise<OneClassTable> {
  const { run, whole, recipe, options } = context;
  const given = (['setups', 'classes', 'epochs'] as const).find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw new HourglassError('usage', {
      subject: given,
      rule: 'is for models that are trained: this run was trained on some classes itself and is scored as it is',
      hint: 'leave it out, or give a run of all classes',
    });
  }
  const normal = labelsOf(whole, recipe.data.classes!);
  const rows = [{ class: null, run, ...(await judge(context, run, normal)) }];
  return { setup: 'as trained', rows, mean: rows[0]!.auroc };
}

/** As `normal-3` or `without-9-ankle-boot`: the label tells them apart, the name is for people. */
function folderOf(setup: Setup, label: number, name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const kind = setup === 'normal' ? 'normal' : 'without';
  return words === '' || words === String(label) ? `${kind}-${label}` : `${kind}-${label}-${words}`;
}

/** A finished run of the recipe on some classes: the one that is there, gone on with, or a new one. */
async function trainOn(
  { run, whole, recipe, options }: Context,
  out: string,
  labels: readonly number[],
  report: (epoch: number) => void,
): Promise<string> {
  const { epochs, signal } = options;
  const { dataset } = await readManifest(run);
  const dataDir = options.dataDir ?? dataset.dataDir ?? undefined;
  const overrides = {
    'data.set': whole.name,
    'data.classes': labels,
    ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
  };
  const follow: TrainOptions = {
    ...dataOf(options),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(signal === undefined ? {} : { signal }),
    onEvent: (event) => {
      if (event.type === 'epoch') report(event.row.epoch);
    },
  };
  const known = existsSync(out) ? await readManifest(out) : null;
  if (known !== null) {
    const wanted = JSON.stringify(loadRecipe(recipe, overrides));
    if (JSON.stringify(loadRecipe(known.config)) !== wanted) {
      throw new HourglassError('run', {
        subject: out,
        rule: 'was trained with other settings than those asked for now',
        hint: 'choose another folder with --out, or give the settings it has',
      });
    }
    if (known.status === 'finished') return out;
  }
  const result =
    known === null
      ? await train(recipe, { ...follow, set: overrides, tensorboard: 'none', out })
      : await resumeTraining(out, follow);
  if (result.status === 'finished') return result.folder;
  throw new HourglassError('interrupted', {
    subject: out,
    rule: 'was stopped',
    hint: 'the same command goes on from here',
  });
}

/** Scores every test image; normal are those of the classes learnt. */
async function judge(
  { whole, options }: Context,
  run: string,
  normal: readonly number[],
): Promise<Pick<OneClassRow, 'normal' | 'anomalous' | 'auroc'>> {
  const { test } = whole;
  const scores = await scoreImages(run, test, dataOf(options));
  const odd = test.labels.map((label) => (normal.includes(label) ? 0 : 1));
  const anomalous = odd.reduce((a, b) => a + b, 0);
  return {
    normal: test.count - anomalous,
    anomalous,
    auroc: {
      squaredError: auroc(scores.squaredError, odd),
      ...(scores.negativeElbo === null ? {} : { negativeElbo: auroc(scores.negativeElbo, odd) }),
    },
  };
}

/** What says where the images are, and with how many threads they are looked at. */
const dataOf = ({ dataDir, offline, cacheDir, threads }: OneClassOptions) => ({
  ...(dataDir === undefined ? {} : { dataDir }),
  ...(offline === undefined ? {} : { offline }),
  ...(cacheDir === undefined ? {} : { cacheDir }),
  ...(threads === undefined ? {} : { threads }),
});

function meanOf(rows: readonly OneClassRow[]): OneClassTable['mean'] {
  const names = Object.keys(rows[0]!.auroc) as ScoreName[];
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((sum, row) => sum + row.auroc[name]!, 0) / rows.length]),
  );
}
