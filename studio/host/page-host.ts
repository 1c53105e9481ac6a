/** The host of a page without a server: trains in the page's workers, keeps runs in the browser's storage. */
import {
  deleteTraining,
  listTrainings,
  loadData,
  loadModel,
  loadRecipe,
  loadRows,
  type NamedFile,
  type PageModel,
  type PageTrainResult,
  readTraining,
  resumeTraining,
  type Snapshot,
  type TableData,
  type TrainingControl,
  type TrainingData,
  tableSchema,
  train,
} from 'hourglass/web';
import { listedFigures } from '../../src/studio/figures.ts';
import { foundIn } from '../../src/studio/found-columns.ts';
import { entryOfOwn, isObject, recipeNameOf } from '../../src/studio/own-recipes.ts';
import type {
  Command,
  DataEntry,
  FoundColumns,
  RecipeEntry,
  RunDetails,
  RunEntry,
  RunMessage,
  RunState,
  SampleSet,
  SweepDetails,
  SweepEntry,
  TrainRequest,
} from '../../src/studio/protocol.ts';
import { RunLog } from '../../src/studio/run-log.ts';
import { withValues } from '../../src/studio/settings.ts';
import { dataOf } from './given-files.ts';
import type { Host } from './host.ts';
import { ofClasses } from './of-classes.ts';
import { type KeptRun, openRecipeStore, openStore, type RecipeStore, type Store } from './store.ts';
import { zipped } from './zipped.ts';

const DIGITS: DataEntry = {
  id: 'mnist-10k',
  title: 'Handwritten digits',
  note: '10,000 of MNIST, 28 × 28, in this page',
  samples: 'image',
};

type Event = Extract<RunMessage, { type: 'event' }>['event'];

/** A run that trains in this page. */
interface LiveRun {
  readonly log: RunLog;
  readonly stop: AbortController;
  control: TrainingControl | null;
  kept: KeptRun;
  /** When it was last written to the storage. */
  saved: number;
}

/** Milliseconds from one time that a run is written to the next. */
const SAVE_INTERVAL = 2000;
/** Milliseconds from one look at a run of another page to the next. */
const LOOK_EVERY = 1000;

export async function pageHost(): Promise<Host> {
  const host = new PageHost(await openStore(), await openRecipeStore());
  addEventListener('beforeunload', (event) => {
    if (host.isTraining()) event.preventDefault();
  });
  return host;
}

class PageHost implements Host {
  readonly kind = 'page';
  private readonly live = new Map<string, LiveRun>();
  private readonly splits = new Map<string, ReturnType<typeof loadData>>();

  private readonly store: Store;
  private readonly ownRecipes: RecipeStore;

  constructor(store: Store, ownRecipes: RecipeStore) {
    this.store = store;
    this.ownRecipes = ownRecipes;
  }

  isTraining(): boolean {
    return this.live.size > 0;
  }

  async recipes(): Promise<readonly RecipeEntry[]> {
    const recipes = await fetchJson<Record<string, Record<string, unknown>>>('./engine/recipes.json');
    const own = await this.ownRecipes.getAll('recipes');
    return [
      ...Object.values(recipes).map((config): RecipeEntry => {
        const name = String(config.name);
        return entryOfOwn(name, config, { id: name, origin: 'hourglass', problem: null });
      }),
      ...own,
    ];
  }

  async addRecipe(file: string, recipe: unknown): Promise<RecipeEntry> {
    if (!isObject(recipe)) throw new Error(`${file}: a recipe must be one JSON object.`);
    const problem = await loadRecipe(recipe).then(
      () => null,
      (error: Error) => error.message,
    );
    const entry = entryOfOwn(recipeNameOf(file), recipe, { problem });
    await this.ownRecipes.put('recipes', entry);
    return entry;
  }

  async removeRecipe(id: string): Promise<void> {
    await this.ownRecipes.delete('recipes', id);
  }

  schema(): Promise<Readonly<Record<string, unknown>>> {
    return fetchJson('./recipe.schema.json');
  }

  async data(): Promise<readonly DataEntry[]> {
    const added = await this.store.getAll('data');
    return [DIGITS, ...added.map(({ id, title, note, samples = 'image' }) => ({ id, title, note, samples }))];
  }

  async addFiles(files: readonly NamedFile[]): Promise<DataEntry> {
    const data = dataOf(files);
    const { title, note, samples = 'image' } = data;
    const entry = { id: newId(), title, note, samples };
    await this.store.put('data', { ...data, ...entry });
    return entry;
  }

  async columns({ recipe, set, data }: Omit<TrainRequest, 'paused'>): Promise<FoundColumns> {
    return foundIn(await tableSchema(recipe, { set, data: await this.table(data) }));
  }

  async train(request: TrainRequest): Promise<string> {
    const recipes = await this.recipes();
    const recipe =
      typeof request.recipe === 'string'
        ? recipes.find(({ name }) => name === request.recipe)?.config
        : request.recipe;
    if (recipe === undefined) throw new Error(`There is no recipe ${String(request.recipe)}.`);
    const data = await this.trainingData(request.data);
    const id = newId();
    const config = withValues(recipe, request.set);
    const kept = newRun(id, config, request.data);
    const { set } = request;
    const keep = (await hasStorage()) ? { keep: id } : {};
    await this.carryOut(kept, request.paused === true, (options) =>
      train(recipe, { ...options, ...keep, data, set }),
    );
    return id;
  }

  async resume(id: string): Promise<void> {
    const kept = await this.required(id);
    const files = (await this.store.get('files', id))?.files;
    const data = await this.trainingData(kept.data);
    const run = files === undefined || files.size === 0 ? id : files;
    await this.carryOut(kept, false, (options) => resumeTraining(run, { ...options, data }));
  }

  /** Returns once the training has begun, or fails with the reason why it cannot. */
  private carryOut(
    kept: KeptRun,
    isPaused: boolean,
    begin: (options: {
      onEvent: (event: Event) => void;
      onSnapshot: (snapshot: Snapshot) => void;
      onStart: (control: TrainingControl) => void;
      signal: AbortSignal;
    }) => Promise<PageTrainResult>,
  ): Promise<void> {
    const run: LiveRun = {
      ...{ log: new RunLog(kept.messages), stop: new AbortController(), control: null, kept, saved: 0 },
    };
    return new Promise((started, failed) => {
      let hasStarted = false;
      const onEvent = (event: Event) => {
        this.receive(run, event);
        if (event.type !== 'start') return;
        hasStarted = true;
        this.live.set(kept.id, run);
        this.setState(run, isPaused ? 'paused' : 'running');
        void this.save(run, true).then(started, failed);
      };
      const onStart = (control: TrainingControl) => {
        run.control = control;
        if (isPaused) control.pause();
      };
      const onSnapshot = (snapshot: Snapshot) => run.log.post({ type: 'snapshot', snapshot });
      begin({ onEvent, onSnapshot, onStart, signal: run.stop.signal })
        .then((result) => this.ended(run, result))
        .catch((error: Error) => {
          if (!hasStarted) return failed(error);
          run.log.post({ type: 'failed', message: error.message });
          this.setState(run, 'failed');
          return this.save(run, true);
        })
        .finally(() => this.live.delete(kept.id));
    });
  }

  private receive(run: LiveRun, event: Event): void {
    const { entry } = run.kept;
    if (event.type === 'start') {
      const { recipe, dataset, parameters, epochs, epochsBefore: epoch, seed } = event;
      const { samples } = dataset;
      const shown = { ...entry, recipe, dataset: dataset.name, samples, parameters, epochs, epoch };
      run.kept = { ...run.kept, seed, entry: shown };
    }
    if (event.type === 'epoch') run.kept = { ...run.kept, entry: { ...entry, epoch: event.row.epoch } };
    if (event.type === 'evaluating') this.setState(run, 'evaluating');
    run.log.post({ type: 'event', event });
    if (event.type === 'epoch') this.save(run).catch((error: Error) => this.warn(run, error));
  }

  private warn(run: LiveRun, { message }: Error): void {
    const text = `The browser cannot keep this run: ${message}. It is lost with this page; delete other runs to make room.`;
    run.log.post({ type: 'event', event: { type: 'warning', message: text } });
  }

  private async ended(run: LiveRun, result: PageTrainResult): Promise<void> {
    const { id, entry } = run.kept;
    if (result.status === 'finished') {
      const { diagnosis } = result.evaluation;
      const figures = listedFigures(result.evaluation);
      run.kept = {
        ...{ ...run.kept, findings: diagnosis.findings },
        entry: { ...entry, figures, verdict: diagnosis.verdict },
      };
    }
    const { recipe: config, model, files } = result;
    run.kept = { ...run.kept, config };
    if (result.isKept) await this.store.delete('files', id);
    else await this.store.put('files', { id, model, files });
    this.setState(run, result.status);
    await this.save(run, true);
  }

  private setState(run: LiveRun, state: RunState): void {
    run.kept = { ...run.kept, entry: { ...run.kept.entry, state } };
    run.log.post({ type: 'state', state });
  }

  private async save(run: LiveRun, isDue = performance.now() - run.saved > SAVE_INTERVAL): Promise<void> {
    if (!isDue) return;
    run.saved = performance.now();
    run.kept = { ...run.kept, messages: run.log.messages() };
    await this.store.put('runs', run.kept);
  }

  follow(id: string, listen: (message: RunMessage) => void): () => void {
    const live = this.live.get(id);
    if (live !== undefined) return live.log.follow(listen);
    return this.watch(id, listen);
  }

  /** A run that does not train in this page: another one may. */
  private watch(id: string, listen: (message: RunMessage) => void): () => void {
    let [isEnded, epochs, last] = [false, 0, ''];
    const look = async () => {
      const { messages, entry } = await this.required(id);
      const state = await stateOf(entry);
      if (isEnded) return;
      for (const message of messages) {
        const isEpoch = message.type === 'event' && message.event.type === 'epoch';
        if (message.type === 'state' || (last !== '' && !isEpoch)) continue;
        if (isEpoch && message.event.row.epoch <= epochs) continue;
        if (isEpoch) epochs = message.event.row.epoch;
        listen(message);
      }
      if (state !== last) listen({ type: 'state', state });
      last = state;
      if (isTraining(state)) timer = window.setTimeout(again, LOOK_EVERY);
    };
    const again = () =>
      void look().catch((error: Error) => isEnded || listen({ type: 'failed', message: error.message }));
    let timer = 0;
    again();
    return () => {
      isEnded = true;
      clearTimeout(timer);
    };
  }

  async command(id: string, command: Command): Promise<void> {
    const run = this.live.get(id);
    if (run?.control == null) throw new Error(`This run ${await this.elsewhere(id)}`);
    const { control } = run;
    switch (command.type) {
      case 'pause':
        control.pause();
        return this.setState(run, 'paused');
      case 'resume':
        control.resume();
        return this.setState(run, 'running');
      case 'step':
        control.step(command.count);
        return this.setState(run, 'paused');
      case 'stop':
        return run.stop.abort();
      case 'speed':
        control.speed(command.stepsPerSecond);
        return run.log.post(command);
      case 'learning-rate':
        return control.learningRate(command.value);
    }
  }

  /** What a run does that does not train in this page, to end a sentence. */
  private async elsewhere(id: string): Promise<string> {
    const { entry } = await this.required(id);
    return isTraining(await stateOf(entry))
      ? 'trains in another window of this browser: use the buttons there.'
      : 'is not training.';
  }

  async runs(): Promise<readonly RunEntry[]> {
    const kept = await this.store.getAll('runs');
    const all = await Promise.all(
      kept.map(async ({ id, entry }) => {
        const live = this.live.get(id);
        return live?.kept.entry ?? { ...entry, state: await stateOf(entry) };
      }),
    );
    return all.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  async run(id: string): Promise<RunDetails> {
    const live = this.live.get(id);
    const { entry, config, seed, data, findings, messages } = live?.kept ?? (await this.required(id));
    const rows = (live?.log.messages() ?? messages).flatMap((message) =>
      message.type === 'event' && message.event.type === 'epoch' ? [message.event.row] : [],
    );
    const state = live === undefined ? await stateOf(entry) : entry.state;
    const hasModel = state === 'finished';
    return { ...entry, state, config, seed, data, findings, rows, generation: null, hasModel };
  }

  async tag(id: string, tags: readonly string[]): Promise<void> {
    const live = this.live.get(id);
    const kept = live?.kept ?? (await this.required(id));
    const changed = { ...kept, entry: { ...kept.entry, tags: [...new Set(tags)] } };
    if (live !== undefined) live.kept = changed;
    await this.store.put('runs', changed);
  }

  async remove(id: string): Promise<void> {
    if (this.live.has(id)) throw new Error('This run is training: stop it first.');
    const { entry } = await this.required(id);
    if (isTraining(await stateOf(entry))) throw new Error(`This run ${await this.elsewhere(id)}`);
    await Promise.all([this.store.delete('runs', id), this.store.delete('files', id)]);
    if (await hasStorage()) await deleteTraining(id).catch(() => {});
  }

  async model(id: string): Promise<PageModel> {
    const files = await this.modelFiles(id);
    if (files.size === 0) throw new Error('This run has no model yet.');
    return loadModel(files);
  }

  async samples(id: string, split: 'train' | 'test'): Promise<SampleSet> {
    const { data, config, entry } = this.live.get(id)?.kept ?? (await this.required(id));
    if (entry.samples === 'row') {
      const { [split]: rows, ...set } = await loadRows(config, { data: await this.table(data) });
      return { kind: 'row', ...set, ...rows, count: rows.labels.length };
    }
    const found = this.splits.get(data) ?? loadData(await this.trainingData(data));
    this.splits.set(data, found);
    found.catch(() => this.splits.delete(data));
    const { height, width, channels, classes, [split]: images } = await found;
    const { images: values, labels } = images;
    const set = {
      kind: 'image' as const,
      count: labels.length,
      height,
      width,
      channels,
      values,
      labels,
      classes,
    };
    return ofClasses(set, (config.data as { classes?: unknown } | undefined)?.classes);
  }

  /** A page has no processes to carry one out. */
  async sweeps(): Promise<readonly SweepEntry[]> {
    return [];
  }

  async sweep(): Promise<SweepDetails> {
    throw new Error('There are no sweeps in this page.');
  }

  async download(id: string, what: 'model' | 'recipe' | 'report'): Promise<Blob | null> {
    const { config } = await this.required(id);
    if (what === 'recipe') return new Blob([`${JSON.stringify(config, null, 2)}\n`]);
    if (what === 'report') return null;
    const files = await this.modelFiles(id);
    return files.size > 0 ? zipped(files) : null;
  }

  private async modelFiles(id: string): Promise<ReadonlyMap<string, Uint8Array>> {
    await this.required(id);
    const kept = await this.store.get('files', id);
    if (kept !== undefined && kept.model.size > 0) return kept.model;
    return (await readTraining(id)).model;
  }

  private async required(id: string): Promise<KeptRun> {
    const kept = await this.store.get('runs', id);
    if (kept === undefined) throw new Error('There is no such run: it may have been deleted.');
    return kept;
  }

  private async table(id: string): Promise<TableData> {
    const data = await this.trainingData(id);
    if (typeof data === 'object' && 'table' in data) return data;
    throw new Error('These data are no table.');
  }

  private async trainingData(id: string): Promise<TrainingData> {
    if (id === DIGITS.id) return DIGITS.id as 'mnist-10k';
    const kept = await this.store.get('data', id);
    if (kept === undefined) throw new Error('There is no such data set: choose another one.');
    return kept.data;
  }
}

/** Of a run that does not train in this page: another page may train it, or its page was closed. */
async function stateOf({ id, state }: RunEntry): Promise<RunState> {
  if (['finished', 'stopped', 'failed'].includes(state)) return state;
  const kept = (await hasStorage()) ? (await listTrainings()).find(({ name }) => name === id) : undefined;
  return kept === undefined || kept.status === 'damaged' ? 'failed' : kept.status;
}

const isTraining = (state: RunState): boolean => ['running', 'paused', 'evaluating'].includes(state);

/** Whether the browser keeps files for this page: not in a private window of some. */
const hasStorage = (): Promise<boolean> =>
  navigator.storage?.getDirectory().then(
    () => true,
    () => false,
  ) ?? Promise.resolve(false);

function newRun(id: string, config: Readonly<Record<string, unknown>>, data: string): KeptRun {
  const startedAt = new Date().toISOString();
  const name = `${String(config.name)}-${startedAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
  const entry: RunEntry = {
    ...{ id, name, recipe: String(config.name), dataset: '', samples: 'image', state: 'waiting' },
    ...{ startedAt, epoch: 0, epochs: 0, parameters: 0, tags: [], figures: {}, verdict: null, broken: null },
  };
  return { id, entry, config, seed: 0, findings: [], data, messages: [] };
}

/** Not crypto.randomUUID, which a page has only over HTTPS and on this machine. */
const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function fetchJson<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} cannot be loaded (status ${response.status}).`);
  return response.json();
}
