/** What is behind the page: hourglass on Node, or the page's own workers. The views know this interface alone. */
import type { NamedFile, PageModel } from 'hourglass/web';
import type {
  Command,
  DataEntry,
  FoundColumns,
  RecipeEntry,
  RunDetails,
  RunEntry,
  RunMessage,
  SamplerName,
  SampleSet,
  SweepDetails,
  SweepEntry,
  TrainRequest,
} from '../../src/studio/protocol.ts';

export interface Host {
  /** `node`: trainings run in hourglass on this machine. `page`: everything runs in this page. */
  readonly kind: 'node' | 'page';
  recipes(): Promise<readonly RecipeEntry[]>;
  /** Keeps a recipe of the user under the name of its file; one of the same name is replaced. Its entry says what is wrong with it. */
  addRecipe(file: string, recipe: unknown): Promise<RecipeEntry>;
  /** Removes a recipe that was added. */
  removeRecipe(id: string): Promise<void>;
  /** The JSON Schema of a recipe: defaults, bounds, descriptions. */
  schema(): Promise<Readonly<Record<string, unknown>>>;
  data(): Promise<readonly DataEntry[]>;
  /** Adds images, or the files of a table, that the user dropped or chose; they can then be trained on. */
  addFiles(files: readonly NamedFile[]): Promise<DataEntry>;
  /** The columns of a table as a training with these settings would take them. */
  columns(request: Omit<TrainRequest, 'paused'>): Promise<FoundColumns>;
  /** Begins a training, and returns its run's id. */
  train(request: TrainRequest): Promise<string>;
  /** Calls `listen` with what is known and all that happens, until the returned function is called. */
  follow(id: string, listen: (message: RunMessage) => void): () => void;
  command(id: string, command: Command): Promise<void>;
  /** Continues a stopped run. */
  resume(id: string): Promise<void>;
  runs(): Promise<readonly RunEntry[]>;
  run(id: string): Promise<RunDetails>;
  tag(id: string, tags: readonly string[]): Promise<void>;
  remove(id: string): Promise<void>;
  /** The run's model, loaded in a worker of the page: what the user explores needs no way to a server. */
  model(id: string): Promise<PageModel>;
  /** Fits a distribution to the codes of a finished run and keeps it with its model; absent where nothing can be fitted. */
  fitSampler?(id: string, kind: SamplerName): Promise<void>;
  /** Images or rows of the run's data set. */
  samples(id: string, split: 'train' | 'test'): Promise<SampleSet>;
  /** The sweeps of the machine; there are none where everything runs in the page. */
  sweeps(): Promise<readonly SweepEntry[]>;
  sweep(id: string): Promise<SweepDetails>;
  /** A file of the run to download: `model` is a zip of the model's files; `report` is null where there is none. */
  download(id: string, what: 'model' | 'recipe' | 'report'): Promise<Blob | null>;
}
