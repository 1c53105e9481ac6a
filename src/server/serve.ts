/** Starts a service: models first, then the socket; and ends it in the opposite order. */
import { basename, resolve } from 'node:path';
import { extensionUrls, findingText, uselessness } from '../api.ts';
import { HourglassError } from '../errors.ts';
import { createApp } from './app.ts';
import { ModelHost } from './engine/host.ts';
import { startEngine } from './engine/worker.ts';
import { listen } from './http.ts';
import type { Metrics } from './metrics.ts';
import type { DecodedPictures, PictureJob } from './requests/decode-pictures.ts';
import { type ServeOptions, settingsOf } from './settings.ts';
import { ServiceState } from './state.ts';
import type { DeskJob, DeskResult } from './work/desk.ts';
import { Pool } from './work/pool.ts';
import { startProcess, startThread } from './work/start.ts';

/** A service that listens. */
export interface Service {
  /** The address at which it listens, for example http://127.0.0.1:8080. */
  url: string;
  /** The models it serves. */
  models: readonly ServedModel[];
  /** Stops accepting, finishes accepted requests, and frees everything. */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A model of a service. */
export interface ServedModel {
  /** Its name, as in `/v1/models/<name>`. */
  name: string;
  /** The images that `neighbours` searches, in words; null if there are none. */
  references: string | null;
  /** Why its results are useless; empty if they are not. */
  warnings: string[];
}

/** Threads for JSON and sheets, and processes that decode pictures: one for small jobs, one for all. */
const WORKERS = 2;

/** What to serve: folders, named after themselves, or names with their folders. */
export type Served = string | readonly string[] | Readonly<Record<string, string>>;

/**
 * Serves the models of finished runs over HTTP.
 * @throws HourglassError if a model cannot be loaded, a setting is not valid, or the address is taken.
 */
export async function serve(runs: Served, options: ServeOptions = {}): Promise<Service> {
  const settings = settingsOf(options);
  const folders = foldersOf(runs);
  const models = new Map<string, ModelHost>();
  let metrics: Metrics | undefined;
  const { limits } = settings;
  const desk = new Pool<DeskJob, DeskResult>(WORKERS, () => startThread('desk-thread.js'));
  const decoders = new Pool<PictureJob, DecodedPictures>(WORKERS, () => startProcess('decoder-process.js'));
  const end = () =>
    Promise.all([desk.close(), decoders.close(), ...[...models.values()].map((host) => host.close())]);
  try {
    // One after the other: if several are missing, the first is always the one named.
    for (const [name, folder] of folders) {
      const host = await ModelHost.start({
        engines: settings.workers,
        batch: limits.batch,
        waiting: limits.waiting,
        hung: 2 * limits.computeTime,
        start: () =>
          startEngine({
            folder,
            extensions: extensionUrls(),
            references: {
              inputs: settings.references,
              dataDir: settings.dataDir,
              most: settings.mostReferences,
            },
          }),
        onBatch: (operation, rows, seconds) => metrics?.computed(name, operation, rows, seconds),
        onFailure: (error) => {
          metrics?.restarted(name);
          settings.onError(error, `model ${name}`);
        },
      });
      models.set(name, host);
    }
    await Promise.all([desk.warm(), decoders.warm()]);
    const state = new ServiceState(settings, models, { desk, decoders });
    metrics = state.metrics;
    const listening = await listen(createApp(state), state);
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= listening.close().then(async () => {
        await end();
      });
      return closing;
    };
    return {
      url: listening.url,
      models: [...models].map(([name, { facts }]) => ({
        name,
        references: facts.references?.source ?? null,
        warnings: uselessness(facts.diagnosis).map(findingText),
      })),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function foldersOf(runs: Served): [string, string][] {
  const given: [string, string][] =
    typeof runs === 'string'
      ? [[modelName(runs), runs]]
      : Array.isArray(runs)
        ? runs.map((folder: string) => [modelName(folder), folder])
        : Object.entries(runs as Readonly<Record<string, string>>);
  if (given.length === 0) throw wrong('models', 'there must be at least one to serve');
  const seen = new Set<string>();
  for (const [name] of given) {
    if (!NAME.test(name)) {
      throw wrong("a model's name", 'must be letters, digits, dots, dashes and underscores', name);
    }
    if (seen.has(name)) throw wrong("a model's name", 'must be unique; give another as name=folder', name);
    seen.add(name);
  }
  return given;
}

/** A run's folder gives the name; of a model's own folder, `model`, the one around it does. */
export function modelName(folder: string): string {
  const path = resolve(folder);
  const name = basename(path) === 'model' ? basename(resolve(path, '..')) : basename(path);
  return name.replace(/[^A-Za-z0-9._-]/g, '-');
}

function wrong(subject: string, rule: string, got?: string): HourglassError {
  return new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });
}
