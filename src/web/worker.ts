/** The entry of a page's worker: one training, or one model. */
import type { Device } from '../engine/index.ts';
import { addNoise } from '../model/index.ts';
import { readSettings } from '../model/settings-traits.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { loadDigits, loadRecipe, VERSION } from './assets.ts';
import { helpersOn, openWebEngine } from './engine/index.ts';
import { loadGpuEngineFiles } from './gpu-engine-files.ts';
import { announceLife } from './life.ts';
import type { EngineMessage, FromWorker, ToWorker } from './protocol.ts';
import { type Posted, samplesFrom, splitsOf } from './work/data.ts';
import { receivedEngine } from './work/received-engine.ts';
import { serve } from './work/serve.ts';
import { type PostedTable, rowsOfTable, schemaOfTable } from './work/table.ts';
import { type ResumeStart, runResumed, runTraining, type TrainStart } from './work/train.ts';
import { usesOf } from './work/use.ts';
import { startHelperThread } from './worker-thread.ts';

const received = receivedEngine();
const openEngine = async (threads: number, device: Device = 'cpu') =>
  openWebEngine(await (device === 'cpu' ? received.files : loadGpuEngineFiles()), {
    threads,
    startHelper: helpersOn(startHelperThread),
  });

const surroundings = { openEngine, loadRecipe, loadDigits, version: VERSION };

type GivenRecipe = [given: string | object, overrides: Readonly<Record<string, unknown>>];
const recipeOf = async (...[given, overrides]: GivenRecipe) =>
  parseRecipe(typeof given === 'string' ? await loadRecipe(given) : given, overrides);

const scope = self;
const receive = serve(
  (context) => ({
    // One thread: a few images at a time do not gain by more.
    ...usesOf(() => openEngine(1), addNoise, readSettings),
    data: async (given: Posted | null) =>
      splitsOf(await samplesFrom(given ?? { digits: await loadDigits() }, context)),
    schema: async (given: PostedTable, ...recipe: GivenRecipe) =>
      schemaOfTable(given, await recipeOf(...recipe), context),
    rows: async (given: PostedTable, ...recipe: GivenRecipe) =>
      rowsOfTable(given, await recipeOf(...recipe), context),
    recipe: recipeOf,
    train: (start: TrainStart) => runTraining(context, start, surroundings),
    resume: (start: ResumeStart) => runResumed(context, start, surroundings),
  }),
  (message: FromWorker) => scope.postMessage(message),
);
scope.onmessage = ({ data }) => {
  const message = data as ToWorker | EngineMessage;
  if (message.type === 'engine' || message.type === 'no engine') received.take(message);
  else void receive(message);
};
announceLife((message) => scope.postMessage(message));
