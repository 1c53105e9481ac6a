/**
 * The standard test of anomaly detection: a model learns some classes, and its scores must separate test images of the
 * others. Each class is the normal one once (one-class), or the anomaly once (leave-one-out).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassChoice, labelsOf, onlyClasses } from '../data/classes.ts';
import { trainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import {
  type AnomalyScores,
  hasElbo,
  MAP_SCORES,
  SCORE_DEFINITIONS,
  type ScoreName,
} from '../evaluation/anomaly-scores.ts';
import { scoreImages } from '../evaluation/score-images.ts';
import { AUROC_DEFINITION, auroc } from '../metrics/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadRecipe } from '../node/recipes.ts';
import { adaptRecipe, fitValidation, holdsOutTooMany } from '../recipe/adapt.ts';
import { fitMaps } from '../recipe/maps.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import type { Manifest } from '../record/index.ts';
import {
  type OpenedRun,
  openRunData,
  requireSameImages,
  type SessionData,
  sameImages,
  spreadOf,
} from '../runs/index.ts';
import { extensionUrls } from '../session/extensions.ts';
import type { TrainOptions } from '../session/train.ts';
import { readManifest } from '../store/index.ts';
import { writeOneClass } from './one-class-files.ts';
import { type PlannedModel, planModels, requireBoth, SETUPS, type Setup } from './one-class-plan.ts';
import type { OneClassEvaluation, OneClassRow, OneClassTable } from './one-class-tables.ts';
import { Pool } from './sweep/pool.ts';
import { trainAll } from './sweep/train-all.ts';
import type { TrialStart } from './sweep/trial-messages.ts';

export const ONE_CLASS_FOLDER = 'one-class';

/** Which models are trained and measured. */
export interface OneClassOptions extends SessionData, Pick<TrainOptions, 'signal' | 'threads'> {
  /** Default both. */
  setups?: readonly Setup[];
  /** By name or position; default all. */
  classes?: readonly ClassChoice[];
  /** Default the recipe's. */
  epochs?: number;
  /** Default `one-class` in the run's folder. */
  out?: string;
  /** Called when each model begins, and after its epochs; several may be trained at a time. */
  onProgress?: (progress: OneClassProgress) => void;
}

/** Which model is being trained. */
export interface OneClassProgress {
  /** The set-up. */
  setup: Setup;
  /** The class that is normal, or the anomaly. */
  class: string;
  /** The model's number, from 1. */
  model: number;
  /** How many models there are. */
  models: number;
  /** Epochs done. */
  epoch: number;
}

/**
 * AUROC of models of single classes, on all test images. By default a model is trained for each class and set-up, with
 * the run's own recipe on the run's own images, as many at a time as `threads`, each in a process of its own; finished models
 * are used as they are, stopped ones are resumed. A run
 * that learned only some classes is scored as it is: one trained with `data.classes`, or on a folder whose `test` has
 * classes that `train` lacks, such as `train/good` with `test/good` and `test/scratch`.
 *
 * @param run the folder of a finished run.
 * @throws HourglassError before anything is trained: of kind `usage` for unknown classes, `data` for classes with too few
 * images; `run` if the folder has runs with other settings; `interrupted` on `signal`: another call continues.
 *
 * @example
 * ```ts
 * import { evaluateOneClass } from 'hourglass';
 *
 * const { tables } = await evaluateOneClass('runs/digits', { setups: ['normal'], classes: ['0'], epochs: 1 });
 * for (const { setup, mean } of tables) console.log(setup, mean.squaredError); // AUROC
 * ```
 */
export async function evaluateOneClass(
  run: string,
  options: OneClassOptions = {},
): Promise<OneClassEvaluation> {
  const opened = await openRunData(run, options);
  const { manifest, recipe, whole } = opened;
  if (recipe.data.tiles !== undefined) {
    throw new HourglassError('usage', {
      subject: run,
      rule: 'sees pictures through tiles, and scores of one class against the others are of images that a model sees whole',
      hint: 'evaluate measures how well it finds defects; or train without data.tiles',
    });
  }
  const folder = options.out ?? join(run, ONE_CLASS_FOLDER);
  const threads = options.threads ?? manifest.threads;
  const context: Context = { run, opened, folder, options: { ...options, threads } };
  const learned = learnedAlone(opened);
  const { tables, leftOut } =
    learned === null ? await trainedTables(context) : await directTable(context, learned);
  const elbo: ScoreName[] = hasElbo(recipe) ? ['negativeElbo'] : [];
  const scores: ScoreName[] = ['squaredError', ...MAP_SCORES, 'neighbour', ...elbo];
  const evaluation = {
    dataset: whole.name,
    recipe: recipe.name,
    epochs: options.epochs ?? (learned === null && fitsEpochs(manifest) ? null : recipe.training.epochs),
    seed: recipe.seed,
    definitions: {
      auroc: AUROC_DEFINITION,
      ...Object.fromEntries(scores.map((name) => [name, SCORE_DEFINITIONS[name]])),
    },
    tables,
    leftOut,
    folder,
  };
  return { ...evaluation, files: await writeOneClass(evaluation) };
}

interface Context {
  run: string;
  /** The run's data, with all classes. */
  opened: OpenedRun;
  folder: string;
  options: OneClassOptions & { threads: number };
}

type Judged = Pick<OneClassEvaluation, 'tables' | 'leftOut'>;

/** The labels a run learned if it learned only some, and so can be scored as it is; null if it learned all. */
function learnedAlone({ recipe, whole }: OpenedRun): number[] | null {
  if (recipe.data.classes !== undefined) return labelsOf(whole, recipe.data.classes);
  const learned = new Set(whole.train.labels);
  return whole.test.labels.every((label) => learned.has(label)) ? null : [...learned].sort((a, b) => a - b);
}

async function trainedTables(context: Context): Promise<Judged> {
  const { opened, options } = context;
  const { whole } = opened;
  const { setups = SETUPS } = options;
  const plan = planModels(opened, setups, options.classes && labelsOf(whole, options.classes));
  const models = plan.models.map((one): NamedModel => {
    const name = whole.classes[one.label]!;
    return { ...one, name, run: join(context.folder, folderOf(one.setup, one.label, name)) };
  });
  await trainModels(context, models);
  const tables: OneClassTable[] = [];
  for (const setup of setups) {
    const rows: OneClassRow[] = [];
    for (const { name, normal, run } of models.filter((one) => one.setup === setup))
      rows.push({ class: name, run, ...compared(await scored(context, run, normal), normal) });
    if (rows.length > 0) tables.push({ setup, rows, mean: meanOf(rows) });
  }
  return { tables, leftOut: plan.leftOut };
}

interface NamedModel extends PlannedModel {
  name: string;
  /** Its run's folder. */
  run: string;
}

/**
 * Trains the models that are not finished, as many at a time as there are threads, by the workplace of sweeps: a process each.
 * What is there is checked before anything is trained.
 */
async function trainModels(context: Context, models: readonly NamedModel[]): Promise<void> {
  const { threads, signal, onProgress } = context.options;
  const starts: (TrialStart | null)[] = [];
  for (const { run, normal } of models) starts.push(await startOf(context, run, normal));
  const report = (i: number, epoch: number) => {
    const { setup, name } = models[i]!;
    onProgress?.({ setup, class: name, model: i + 1, models: models.length, epoch });
  };
  let told = 0;
  /** Models are reported in their order, finished ones too. */
  const tellUntil = (end: number) => {
    while (told < end) report(told++, 0);
  };
  const left = starts.flatMap((start, i) => (start === null ? [] : [{ start, i }]));
  const parallel = Math.max(1, Math.min(threads, left.length));
  const pool = new Pool(parallel);
  await trainAll(
    pool,
    left.map(({ start, i }) => ({
      start: { ...start, threads: Math.max(1, Math.floor(threads / parallel)) },
      onEpoch: (epoch) => (epoch === 0 ? tellUntil(i + 1) : report(i, epoch)),
    })),
    signal,
  ).finally(() => pool.close());
  tellUntil(models.length);
}

/** The images of the learned classes against all others together, then against each other class. */
async function directTable(context: Context, normal: readonly number[]): Promise<Judged> {
  const { run, opened, options } = context;
  const { whole } = opened;
  const given = (['setups', 'classes', 'epochs'] as const).find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw new HourglassError('usage', {
      subject: given,
      rule: 'is for models that are still to be trained: this run learned only some classes and is scored as it is',
      hint: 'leave it out, or give a run on all classes',
    });
  }
  requireBoth(whole, normal);
  const scores = await scored(context, run, normal);
  const all: OneClassRow = { class: null, run, ...compared(scores, normal) };
  const others = [...new Set(whole.test.labels)]
    .filter((label) => !normal.includes(label))
    .sort((a, b) => a - b);
  const each = others.map(
    (label): OneClassRow => ({ class: whole.classes[label]!, run, ...compared(scores, normal, label) }),
  );
  const rows = others.length > 1 ? [all, ...each] : [all];
  return { tables: [{ setup: 'as trained', rows, mean: all.auroc }], leftOut: [] };
}

/** For example `normal-3` or `without-9-ankle-boot`: the label identifies it, the name is for people. */
function folderOf(setup: Setup, label: number, name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const kind = setup === 'normal' ? 'normal' : 'without';
  return words === '' || words === String(label) ? `${kind}-${label}` : `${kind}-${label}-${words}`;
}

/** The recipe for training on fewer of the images: fitted to these again, if the run's recipe was fitted to its own. */
function beforeAdapting({ recipe, manifest: { adaptedFrom } }: OpenedRun) {
  return adaptedFrom === null
    ? { recipe, given: {} }
    : { recipe: parseRecipe(adaptedFrom.config), given: adaptedFrom.given };
}

/** Whether each model has epochs of its own. */
function fitsEpochs({ adaptedFrom }: Manifest): boolean {
  return adaptedFrom !== null && !['training', 'training.epochs'].some((path) => path in adaptedFrom.given);
}

/**
 * What trains the recipe on some classes of the run's own images, or continues the run that is there; null if it is finished.
 * @throws HourglassError (run) if it was trained with other settings or images.
 */
async function startOf(
  { opened, options }: Context,
  out: string,
  labels: readonly number[],
): Promise<TrialStart | null> {
  const { manifest } = opened;
  const { epochs } = options;
  const { recipe, given } = beforeAdapting(opened);
  // A run on many images was not fitted to them; one class of them may be few.
  const { count } = onlyClasses(opened.whole, labels).train;
  const overrides = {
    ...given,
    ...(holdsOutTooMany(recipe, count) ? { 'data.validation': 'auto' } : {}),
    ...sameImages(opened),
    'data.classes': labels,
    ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
  };
  const known = existsSync(out) ? await readManifest(out) : null;
  if (known !== null) {
    // The place of the images is not a setting: the fingerprint tells whether they are the same.
    const dataset = onlyClasses(opened.whole, labels);
    const keys = Object.keys(overrides);
    const { recipe: held } = fitValidation(loadRecipe(recipe, overrides), dataset.train.count, keys);
    const { recipe: first } = fitMaps(held, dataset, keys);
    const splits = trainingSplits(dataset, first.data.validation);
    const spread = spreadOf(splits);
    const { recipe: wanted } = await adaptRecipe(first, dataset, splits.train.count, keys, spread);
    const settings = (config: Recipe) => JSON.stringify({ ...config, data: { ...config.data, set: '' } });
    if (settings(parseRecipe(known.config)) !== settings(wanted)) {
      throw new HourglassError('run', {
        subject: out,
        rule: 'was trained with other settings than the requested ones',
        hint: 'choose another folder with --out, or use its settings',
      });
    }
    await requireSameImages(known, out, dataset, splits, nodeEngine.sha256);
    if (known.status === 'finished') return null;
  }
  const { dataDir, offline = false, cacheDir } = dataOf(options, manifest);
  const moved = known === null ? undefined : opened.whole.folder?.path;
  return {
    ...{ extensions: extensionUrls(), recipe: { ...recipe }, set: overrides, out, threads: options.threads },
    ...{ dataDir: moved ?? dataDir ?? null, offline, cacheDir, pictures: true },
    ...{ measure: false, test: false, fingerprint: null },
  };
}

interface Scored {
  labels: Uint8Array;
  scores: AnomalyScores;
}

/** Every test image of the run, scored by a model of some classes. */
async function scored(
  { opened: { whole }, options }: Context,
  run: string,
  normal: readonly number[],
): Promise<Scored> {
  const { train } = onlyClasses(whole, normal);
  const images = { images: whole.test, learned: train };
  return { labels: whole.test.labels, scores: await scoreImages(run, images, { threads: options.threads }) };
}

/** How well the scores separate the images of some classes from all others, or from those of one other class. */
function compared(
  { labels, scores }: Scored,
  normal: readonly number[],
  other?: number,
): Pick<OneClassRow, 'normal' | 'anomalous' | 'auroc'> {
  const isNormal = (label: number) => normal.includes(label);
  const places = [...labels.keys()].filter(
    (place) => other === undefined || isNormal(labels[place]!) || labels[place] === other,
  );
  const odd = Uint8Array.from(places, (place) => (isNormal(labels[place]!) ? 0 : 1));
  const anomalous = odd.reduce((a, b) => a + b, 0);
  const of = (values: Float64Array) =>
    auroc(
      Float64Array.from(places, (place) => values[place]!),
      odd,
    );
  return {
    normal: places.length - anomalous,
    anomalous,
    auroc: {
      squaredError: of(scores.squaredError),
      ...Object.fromEntries(MAP_SCORES.map((kind) => [kind, of(scores[kind])])),
      neighbour: of(scores.neighbour),
      ...(scores.negativeElbo === null ? {} : { negativeElbo: of(scores.negativeElbo) }),
    },
  };
}

/** Where a named set is looked for: as given now, or else as the run recorded it. */
function dataOf({ dataDir, offline, cacheDir }: OneClassOptions, { dataset }: Manifest): SessionData {
  const recorded = dataset.folder === null ? (dataDir ?? dataset.dataDir ?? undefined) : undefined;
  return {
    ...(recorded === undefined ? {} : { dataDir: recorded }),
    ...(offline === undefined ? {} : { offline }),
    ...(cacheDir === undefined ? {} : { cacheDir }),
  };
}

function meanOf(rows: readonly OneClassRow[]): OneClassTable['mean'] {
  const names = Object.keys(rows[0]!.auroc) as ScoreName[];
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((sum, row) => sum + row.auroc[name]!, 0) / rows.length]),
  );
}
