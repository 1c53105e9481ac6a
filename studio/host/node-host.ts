/** The host of a page with hourglass on Node behind it: each call is a request, and a run's messages are server-sent events. */
import { loadModel, type NamedFile, type PageModel } from 'hourglass/web';
import type {
  Command,
  DataEntry,
  ImageSet,
  LastPictures,
  RecipeEntry,
  RunDetails,
  RunEntry,
  RunMessage,
  RunState,
  TrainRequest,
} from '../../src/studio/protocol.ts';
import { fromText } from '../../src/studio/wire.ts';
import { connection } from './connection.ts';
import type { Host } from './host.ts';
import { isHidden, isIdx, isPicture } from './picture-files.ts';
import { zipped } from './zipped.ts';

const API = new URL('./api/', document.baseURI);

/** Files of a model; those that it does not have are left out. */
const MODEL_FILES = [
  ...['autoencoder.onnx', 'encoder.onnx', 'decoder.onnx', 'sampler.onnx'],
  ...['weights.safetensors', 'statistics.json'],
];

/** The host, if this server is the studio's; null if there are only files. */
export async function nodeHost(): Promise<Host | null> {
  const response = await fetch(API).catch(() => null);
  if (response === null || !response.ok) return null;
  const { format } = (await response.json().catch(() => ({}))) as { format?: unknown };
  return format === 'hourglass-studio' ? new NodeHost() : null;
}

/** States after which a run is over, until it is resumed. */
const ENDED: ReadonlySet<RunState> = new Set(['finished', 'stopped', 'failed']);

const addressOf = (id: string, what = ''): URL =>
  new URL(`runs/${encodeURIComponent(id)}${what === '' ? '' : `/${what}`}`, API);

async function ask<T>(address: URL | string, init: RequestInit = {}): Promise<T> {
  const response = await request(address, init);
  return fromText<T>(await response.text());
}

async function request(address: URL | string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(typeof address === 'string' ? new URL(address, API) : address, init);
  } catch {
    connection.value = 'lost';
    throw new Error('The studio does not answer: it was ended, or the network is down.');
  }
  connection.value = 'open';
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(problem.detail ?? `The studio answered with status ${response.status}.`);
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
    const isTaken = ({ path }: NamedFile) => (isPicture(path) || isIdx(path)) && !isHidden(path);
    for (const { path, file } of files.filter(isTaken)) {
      const parts = path.split('/').filter((part) => part !== '');
      // The name of a file has no folders in a form; the name of its field is free.
      form.append(parts.slice(0, -1).join('/') || 'file', file, parts.at(-1)!);
    }
    return ask('data', { method: 'POST', body: form });
  }

  async train(given: TrainRequest): Promise<string> {
    const { id } = await ask<{ id: string }>('runs', asJson('POST', given));
    return id;
  }

  follow(id: string, listen: (message: RunMessage) => void): () => void {
    const source = new EventSource(addressOf(id, 'events'));
    let [hasPictures, isOver] = [false, false];
    source.onmessage = ({ data }) => {
      connection.value = 'open';
      const message = fromText<RunMessage>(data);
      hasPictures ||= message.type === 'snapshot';
      listen(message);
      if (message.type !== 'state' || !ENDED.has(message.state)) return;
      // Nothing more comes, and a browser has few connections to a server.
      source.close();
      if (hasPictures) return;
      // Its process has ended with its pictures: they are made from its files.
      ask<LastPictures>(addressOf(id, 'snapshot')).then(
        ({ snapshot, problem }) =>
          isOver ||
          listen(
            problem === null
              ? { type: 'snapshot', snapshot }
              : { type: 'event', event: { type: 'warning', message: problem } },
          ),
        (error: Error) =>
          isOver || listen({ type: 'event', event: { type: 'warning', message: error.message } }),
      );
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) {
        connection.value = 'lost';
        return;
      }
      // It was refused: the reason is in the answer to a plain request.
      this.run(id).then(
        () => listen({ type: 'failed', message: 'This run cannot be followed: reload the page.' }),
        (error: Error) => listen({ type: 'failed', message: error.message }),
      );
    };
    return () => {
      isOver = true;
      source.close();
    };
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

  model(id: string): Promise<PageModel> {
    return loadModel(addressOf(id, 'model'));
  }

  images(id: string, split: 'train' | 'test'): Promise<ImageSet> {
    return ask(addressOf(id, `images/${split}`));
  }

  async download(id: string, what: 'model' | 'recipe' | 'report'): Promise<Blob | null> {
    if (what !== 'model') {
      const response = await fetch(addressOf(id, what));
      return response.ok ? response.blob() : null;
    }
    const files = new Map<string, Uint8Array>();
    for (const name of MODEL_FILES) {
      const response = await fetch(addressOf(id, `model/${name}`));
      if (response.ok) files.set(name, new Uint8Array(await response.arrayBuffer()));
    }
    return files.size === 0 ? null : zipped(files);
  }
}
