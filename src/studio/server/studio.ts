/** Starts the studio's server, and ends it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { extensionUrls, SWEEPS_FOLDER } from '../../api.ts';
import { notListening } from '../../server/http.ts';
import { type ServeOptions, settingsOf } from '../../server/settings.ts';
import { RUNS_FOLDER } from '../../store/index.ts';
import { createApp } from './app.ts';
import { DataSets } from './data.ts';
import { Recipes } from './recipes.ts';
import { Runs } from './runs.ts';
import { siteFiles } from './site.ts';
import { Sweeps } from './sweeps.ts';

export interface StudioOptions extends Pick<ServeOptions, 'host' | 'port' | 'token' | 'allowedHosts'> {
  /** The folder with the run folders. Default: `runs`. */
  readonly runs?: string;
  /** The folder with the sweeps. Default: `sweeps`. */
  readonly sweeps?: string;
  /** A folder with the data sets' files. */
  readonly dataDir?: string;
  /** Folders of own images. */
  readonly images?: readonly string[];
  /** Folders of own recipes. */
  readonly recipes?: readonly string[];
}

export interface StudioService {
  readonly url: string;
  /** The folders of the runs that train now. */
  readonly trained: readonly string[];
  /** Stops the trainings, each with a checkpoint, and then listening. @returns the folders of the stopped runs. */
  close(): Promise<readonly string[]>;
}

/** Milliseconds. */
const TIMES = { headers: 10_000, request: 300_000, idle: 5000 };
const PORT = 8090;

/** @throws HourglassError for a setting that is not valid, or an address that cannot be listened on. */
export async function startStudio({
  runs: folder = RUNS_FOLDER,
  sweeps = SWEEPS_FOLDER,
  dataDir,
  images = [],
  recipes = [],
  ...options
}: StudioOptions = {}): Promise<StudioService> {
  const settings = settingsOf({ port: PORT, ...options });
  const ended = new AbortController();
  const data = new DataSets(folder, images);
  const runs = new Runs({ folder, dataDir: dataDir ?? null, extensions: extensionUrls(), data });
  const app = createApp({
    ...{ settings, runs, dataDir: dataDir ?? null, data, recipes: new Recipes(folder, recipes) },
    sweeps: new Sweeps(sweeps),
    ...{ site: await siteFiles(), ended: ended.signal },
  });
  const server = createServer(
    {
      ...{ headersTimeout: TIMES.headers, requestTimeout: TIMES.request, keepAliveTimeout: TIMES.idle },
      maxHeaderSize: 16 * 1024,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  const { host, port } = settings;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notListening(host, port, cause)));
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
  server.on('error', (error) => settings.onError(error, 'connections'));
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return {
    url: `http://${name}:${taken}/`,
    get trained() {
      return runs.trained;
    },
    async close() {
      const stopped = await runs.stopAll();
      // Pages hear that their runs have stopped.
      await new Promise((resolve) => setTimeout(resolve, 100));
      ended.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      return stopped;
    },
  };
}
