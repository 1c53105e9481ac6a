/** The beginning of a session: a new run, or an old run's state. */
import type { StoredTensors } from '../codecs/sealed.ts';
import type { SampleSet } from '../data/dataset.ts';
import { rowFacts, scaledRows } from '../data/rows.ts';
import { type TrainingSplits, trainingSplits } from '../data/splits.ts';
import { inTiles } from '../data/tiles.ts';
import type { DeviceChoice, Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { adaptRecipe, fitValidation, warnOfSize } from '../recipe/adapt.ts';
import { fitCondition } from '../recipe/conditional.ts';
import { modelFor } from '../recipe/fitting.ts';
import { requireForRows } from '../recipe/for-rows.ts';
import { fitMaps } from '../recipe/maps.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import {
  checkpointsOf,
  type Hold,
  type Manifest,
  newManifest,
  type RunFiles,
  readMetrics,
  writeManifest,
} from '../record/index.ts';
import { configurationOf, countsOf, fingerprints } from '../runs/fingerprint.ts';
import { beginningOf, spreadOf } from '../runs/statistics.ts';
import {
  BEGINNING,
  batchesOf,
  createTrainer,
  type Position,
  readPosition,
  requireTensors,
  type Trainer,
} from '../training/index.ts';
import { now, type Session, type SessionContext, update } from './state.ts';
import { undoing } from './undoing.ts';

/** Where a run is kept, and that nobody else writes it. */
export interface ClaimedRun {
  readonly name: string;
  readonly files: RunFiles;
  readonly hold: Hold;
}

/** Weights that a run begins with instead of random ones. */
export interface FirstWeights {
  tensors: StoredTensors;
  from: NonNullable<Manifest['from']>;
}

/** A run to begin. */
export interface NewRun {
  recipe: Recipe;
  /** Values that were given for this run, by path: no rule changes them. */
  given: Readonly<Record<string, unknown>>;
  /** The images, of the chosen classes. */
  dataset: SampleSet;
  /** The folder it was to be looked for in; null if none was given. */
  dataDir: string | null;
  threads: number;
  device: DeviceChoice;
  tensorboard: Manifest['tensorboard'];
  versions: Manifest['versions'];
  machine: Manifest['machine'];
  /** What it begins with; by default random weights. */
  first?: FirstWeights | null;
  /** Further notes to read before the training, for the names that pictures will show. */
  notes?: (names: readonly string[]) => Promise<readonly string[]>;
  /** Makes the run's place. It is called once bad input can no longer spoil anything. */
  claim: () => Promise<ClaimedRun>;
}

/** A run to resume. */
export interface OldRun {
  files: RunFiles;
  hold: Hold;
  manifest: Manifest;
  /** The images that it was trained on; they were checked to be the same. */
  dataset: SampleSet;
  splits: TrainingSplits;
}

/** Fits the recipe to the images, compiles the model, and only then makes the run's place. */
export async function begin(start: NewRun, { engine }: Pick<SessionContext, 'engine'>): Promise<Session> {
  const { threads } = start;
  const given = Object.keys(start.given);
  const held = fitValidation(start.recipe, start.dataset.train.count, given);
  const { data } = held.recipe;
  const { dataset, splits } = inTiles(
    await scaledRows(start.dataset, trainingSplits(start.dataset, data.validation)),
    data.tiles,
  );
  const classed = { name: dataset.name, classes: dataset.classes, ...splits };
  const first = fitMaps(fitCondition(held.recipe, classed), dataset, given);
  const { count } = splits.train;
  const { kind, range } = splits.train.spec;
  if (kind === 'row') requireForRows(first.recipe, range);
  // An error that names a size that fits comes before anything that follows the size.
  modelFor(first.recipe, dataset);
  const spread = spreadOf(splits);
  const fitted = await adaptRecipe(first.recipe, dataset, count, given, spread, kind);
  const { recipe } = fitted;
  const reasons = [...held.reasons, ...first.reasons, ...fitted.reasons];
  const beginningNotes = [
    ...(start.first == null ? [] : [beginsWith(start.first.from)]),
    ...reasons,
    ...(await warnOfSize(recipe, dataset, count, spread, kind)),
    ...((await start.notes?.([...dataset.classes, recipe.name])) ?? []),
  ];
  const { device, note } = await engine.device(start.device);
  const { definition, trainer } = await compileModel(engine, recipe, dataset, splits, {
    seed: recipe.seed,
    threads,
    device,
  });
  const built = { engine, recipe, definition, dataset, splits, trainer, beginningNotes, deviceNote: note };
  const adaptedFrom = reasons.length === 0 ? null : { config: { ...start.recipe }, given: start.given };
  return undoing(
    () => trainer.dispose(),
    () => {
      if (start.first != null) place(trainer, start.first);
      return record(start, { ...built, device, adaptedFrom });
    },
  );
}

const beginsWith = ({ path, recipe, epoch }: FirstWeights['from']): string =>
  `begins with the weights of ${path} (${recipe}, epoch ${epoch})`;

/** @throws HourglassError (run) if they are of another model. */
function place(trainer: Trainer, { tensors, from }: FirstWeights): void {
  const own = [...trainer.weights()];
  const needed = own.map(([name, { shape }]) => [name, shape] as const);
  requireTensors(tensors, needed, { subject: from.path, rule: 'its weights do not fit the model to train' });
  for (const [name, { values }] of own) values.set(tensors.get(name)!.values);
}

/** The session of a run that was just built, once its place is made and its first files are written. */
async function record(
  start: NewRun,
  {
    device,
    adaptedFrom,
    ...built
  }: Omit<Session, 'files' | 'hold' | 'manifest' | 'checkpoints' | 'position' | 'rows'> &
    Pick<Manifest, 'device' | 'adaptedFrom'>,
): Promise<Session> {
  const { engine, recipe, dataset, splits, trainer } = built;
  const known = await fingerprints(splits, engine.sha256);
  const { name, files, hold } = await start.claim();
  const manifest = newManifest({
    name,
    recipe: recipe.name,
    config: { ...recipe },
    adaptedFrom,
    seed: recipe.seed,
    threads: start.threads,
    device,
    dataset: {
      requested: recipe.data.set,
      dataDir: start.dataDir,
      name: dataset.name,
      source: dataset.source,
      ...known,
      counts: countsOf(splits),
      splits: dataset.table?.splits ?? splits.note,
      height: dataset.height,
      width: dataset.width,
      channels: dataset.channels,
      classes: dataset.classes,
      folder: dataset.folder?.path ?? dataset.table?.path ?? null,
      layout: dataset.folder?.layout ?? null,
      normal: dataset.folder?.normal ?? dataset.table?.encoding.label?.normal ?? null,
      preprocessing: dataset.folder?.preprocessing ?? null,
      rows: rowFacts(splits.train.spec),
      isGiven: dataset.isGiven ?? false,
      table: dataset.table?.encoding ?? null,
    },
    parameters: trainer.parameterCount,
    losses: [...trainer.parts],
    tensorboard: start.tensorboard,
    versions: start.versions,
    machine: start.machine,
    status: 'running',
    note: null,
    startedAt: now(),
    endedAt: null,
    epoch: 0,
    from: start.first?.from ?? null,
  });
  try {
    await writeManifest(files, manifest);
    await files.write('recipe.json', `${JSON.stringify(recipe, null, 2)}\n`);
    await writeSkipped(files, dataset);
    const checkpoints = checkpointsOf(files, configurationOf(manifest, engine.sha256), engine.sha256);
    const position = structuredClone(BEGINNING);
    // Random weights follow from the seed; these are kept, so that the run can be resumed before its first checkpoint.
    if (start.first != null) {
      const tensors = new Map([...trainer.weights(), ...trainer.optimiserState()]);
      await checkpoints.write(position.step, { tensors, position });
    }
    return {
      ...{ ...built, files, hold, manifest },
      checkpoints,
      position,
      rows: [],
    };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

/** The files that could not be read and were skipped, if any. */
async function writeSkipped(files: RunFiles, { folder }: SampleSet): Promise<void> {
  if (folder === undefined || folder.skipped.length === 0) return;
  const list = { format: 'hourglass-skipped', version: 1, folder: folder.path, files: folder.skipped };
  await files.write('skipped.json', `${JSON.stringify(list, null, 2)}\n`);
}

/** Takes up a run from its newest undamaged checkpoint. */
export async function resume(start: OldRun, { engine, emit }: SessionContext): Promise<Session> {
  const { files, hold, manifest, dataset, splits } = start;
  const recipe = parseRecipe(manifest.config);
  const { note } = await engine.device(manifest.device);
  const { definition, trainer } = await compileModel(engine, recipe, dataset, splits, manifest);
  return undoing(
    () => trainer.dispose(),
    async () => {
      const checkpoints = checkpointsOf(files, configurationOf(manifest, engine.sha256), engine.sha256);
      const course = {
        epochs: recipe.training.epochs,
        stepsPerEpoch: batchesOf(splits.train.count, recipe.training.batchSize, trainer.needsPairs).count,
        lossNames: ['loss', ...trainer.parts.map(({ name }) => name)],
      };
      let position: Position = structuredClone(BEGINNING);
      const { checkpoint, refused } = await checkpoints.newest(async (found) => {
        const stored = readPosition(found.position, course, files.place);
        restore(trainer, found.tensors, files.place);
        if (recipe.training.keep === 'best') await requireBestWeights({ checkpoints, trainer }, stored);
        position = stored;
      });
      if (checkpoint === null && manifest.from !== null) {
        throw new HourglassError('run', {
          subject: files.place,
          rule: `its first checkpoint is missing, with the weights of ${manifest.from.path} that it begins with`,
          hint: 'train it again with --from',
        });
      }
      for (const problem of refused) emit({ type: 'warning', message: problem });
      const rows = await readMetrics(files, position.epoch);
      const session: Session = {
        engine,
        files,
        hold,
        manifest,
        checkpoints,
        recipe,
        definition,
        dataset,
        splits,
        trainer,
        position,
        rows,
        beginningNotes: [],
        deviceNote: note,
      };
      await update(session, { status: 'running', note: null, endedAt: null });
      return session;
    },
  );
}

async function compileModel(
  engine: Engine,
  recipe: Recipe,
  dataset: SampleSet,
  splits: TrainingSplits,
  { seed, threads, device }: Pick<Manifest, 'seed' | 'threads' | 'device'>,
) {
  const definition = modelFor(recipe, dataset);
  const settings = recipe.training;
  const options = {
    definition,
    objective: recipe,
    samples: splits.train.spec,
    settings,
    seed,
    threads,
    device,
    ...(await beginningOf(recipe, splits)),
  };
  const trainer = await createTrainer(engine, options);
  try {
    // Thrown here where the images or the batch are too few for batch normalisation.
    batchesOf(splits.train.count, settings.batchSize, trainer.needsPairs);
  } catch (error) {
    await trainer.dispose();
    throw error;
  }
  return { definition, trainer };
}

function restore(trainer: Trainer, tensors: StoredTensors, place: string): void {
  const own = [...trainer.weights(), ...trainer.optimiserState()];
  const needed = own.map(([name, { shape }]) => [name, shape] as const);
  requireTensors(tensors, needed, { subject: place, rule: 'its checkpoint does not fit its configuration' });
  for (const [name, { values }] of own) values.set(tensors.get(name)!.values);
}

/** The best weights are a file of their own: a checkpoint is of use only with them, unless its own are the best. */
async function requireBestWeights(
  { checkpoints, trainer }: Pick<Session, 'checkpoints' | 'trainer'>,
  { best, epoch, stepInEpoch }: Position,
): Promise<void> {
  if (best === null) return;
  try {
    await checkpoints.readBest();
  } catch (error) {
    if (best.epoch !== epoch || stepInEpoch !== 0) throw error;
    await checkpoints.writeBest(trainer.weights(), epoch);
  }
}
