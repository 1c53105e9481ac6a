/** The host of a page with hourglass on Node behind it: each call is a request, and a run's messages are server-sent events. */
import { loadModel, type NamedFile, type PageModel } from 'hourglass/web';
import type {
  Command,
  DataEntry,
  FoundColumns,
  LastPictures,
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
import { fromText } from '../../src/studio/wire.ts';
import { connection, lose } from './connection.ts';
import { isHidden, isIdx, isPicture, isTable } from './file-kinds.ts';
import type { Host } from './host.ts';
import { followRun } from './run-events.ts';
import { zipped } from './zipped.ts';

const API = new URL('./api/', document.baseURI);

/** Files of a model; those that it does not have are left out. */
const MODEL_FILES = [
  ...['autoencoder.onnx', 'encoder.onnx', 'decoder.onnx', 'sampler.onnx'],
  ...['weights.safetensors', 'statistics.json', 'samplers.json', 'autoregressive.onnx'],
];

/** The host, if this server is the studio's; null if there are only files. */
export async function nodeHost(): Promise<Host | null> {
  const response = await fetch(API).catch(() => null);
  if (response === null || !response.ok) return null;
  const { format } = (await response.json().catch(() => ({}))) as { format?: unknown };
  return format === 'hourglass-studio' ? new NodeHost() : null;
}

const isThere = (): Promise<boolean> =>
  fetch(API).then(
    ({ ok }) => ok,
    () => false,
  );

const addressOf = (id: string, what = ''): URL =>
  new URL(`runs/${encodeURIComponent(id)}${what === '' ? '' : `/${what}`}`, API);

async function ask<T>(address: URL | string, init: RequestInit = {}): Promise<T> {
  const response = await request(address, init);
  return fromText<T>(await response.text());
}

async function answerOf(address: URL | string, init: RequestInit = {}): Promise<Response> {
  try {
    const response = await fetch(typeof address === 'string' ? new URL(address, API) : address, init);
    connection.value = 'open';
    return response;
  } catch {
    lose(isThere);
    throw new Error('The studio does not answer: it was ended, or the network is down.');
  }
}

async function request(address: URL | string, init: RequestInit = {}): Promise<Response> {
  const response = await answerOf(address, init);
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(problem.detail ?? `The studio answered with status ${response.status}.`);
}

/** Null if the run has no such file. */
async function fileOf(id: string, what: string): Promise<Blob | null> {
  const response = await answerOf(addressOf(id, what));
  return response.ok ? response.blob() : null;
}

const asJson = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

class NodeHost implements Host {
  readonly kind = 'node';

  recipes(): Promise<readonly RecipeEntry[]> {
    return ask('recipes');
  }

  addRecipe(file: string, recipe: unknown): Promise<RecipeEntry> {
    return ask('recipes', asJson('POST', { file, recipe }));
  }

  async removeRecipe(id: string): Promise<void> {
    await ask(`recipes/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  schema(): Promise<Readonly<Record<string, unknown>>> {
    return ask(new URL('./recipe.schema.json', document.baseURI));
  }

  data(): Promise<readonly DataEntry[]> {
    return ask('data');
  }

  addFiles(files: readonly NamedFile[]): Promise<DataEntry> {
    const form = new FormData();
    const isTaken = ({ path }: NamedFile) =>
      (isPicture(path) || isIdx(path) || isTable(path)) && !isHidden(path);
    for (const { path, file } of files.filter(isTaken)) {
      const parts = path.split('/').filter((part) => part !== '');
      // The name of a file has no folders in a form; the name of its field is free.
      form.append(parts.slice(0, -1).join('/') || 'file', file, parts.at(-1)!);
    }
    return ask('data', { method: 'POST', body: form });
  }

  columns(given: Omit<TrainRequest, 'paused'>): Promise<FoundColumns> {
    return ask('columns', asJson('POST', given));
  }

  async train(given: TrainRequest): Promise<string> {
    const { id } = await ask<{ id: string }>('runs', asJson('POST', given));
    return id;
  }

  follow(id: string, listen: (message: RunMessage) => void): () => void {
    const source = {
      address: addressOf(id, 'events'),
      onOpen: () => {
        connection.value = 'open';
      },
      onLost: () => lose(isThere),
      // The reason is in the answer to a plain request.
      reason: () =>
        this.run(id).then(
          () => 'This run cannot be followed: reload the page.',
          (error: Error) => error.message,
        ),
      lastPictures: () =>
        ask<LastPictures>(addressOf(id, 'snapshot')).then(
          ({ snapshot, problem }): RunMessage =>
            problem === null
              ? { type: 'snapshot', snapshot }
              : { type: 'event', event: { type: 'warning', message: problem } },
          (error: Error): RunMessage => ({
            type: 'event',
            event: { type: 'warning', message: error.message },
          }),
        ),
    };
    return followRun(id, source, listen);
  }

  async command(id: string, command: Command): Promise<void> {
    await ask(addressOf(id, 'command'), asJson('POST', command));
  }

  async resume(id: string): Promise<void> {
    await ask(addressOf(id, 'resume'), { method: 'POST' });
  }

  runs(): Promise<readonly RunEntry[]> {
    return ask('runs');
  }

  run(id: string): Promise<RunDetails> {
    return ask(addressOf(id));
  }

  async tag(id: string, tags: readonly string[]): Promise<void> {
    await ask(addressOf(id, 'tags'), asJson('PUT', { tags }));
  }

  async remove(id: string): Promise<void> {
    await ask(addressOf(id), { method: 'DELETE' });
  }

  sweeps(): Promise<readonly SweepEntry[]> {
    return ask('sweeps');
  }

  sweep(id: string): Promise<SweepDetails> {
    return ask(`sweeps/${encodeURIComponent(id)}`);
  }

  model(id: string): Promise<PageModel> {
    return loadModel(addressOf(id, 'model'));
  }

  async fitSampler(id: string, kind: SamplerName): Promise<void> {
    await ask(addressOf(id, 'samplers'), asJson('POST', { kind }));
  }

  samples(id: string, split: 'train' | 'test'): Promise<SampleSet> {
    return ask(addressOf(id, `samples/${split}`));
  }

  async download(id: string, what: 'model' | 'recipe' | 'report'): Promise<Blob | null> {
    if (what !== 'model') return fileOf(id, what);
    const files = new Map<string, Uint8Array>();
    for (const name of MODEL_FILES) {
      const file = await fileOf(id, `model/${name}`);
      if (file !== null) files.set(name, new Uint8Array(await file.arrayBuffer()));
    }
    return files.size === 0 ? null : zipped(files);
  }
}
