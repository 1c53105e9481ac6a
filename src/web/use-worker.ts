/** The entry of the worker of 'hourglass/use': one model. */
import { openWebEngine } from './engine/index.ts';
import { loadEngineFiles } from './engine-files.ts';
import { announceLife } from './life.ts';
import type { ToWorker } from './protocol.ts';
import { serve } from './work/serve.ts';
import { usesOf } from './work/use.ts';

const scope = self;
const receive = serve(
  usesOf(async () => ({ engine: await openWebEngine(await loadEngineFiles(), { threads: 1 }), threads: 1 })),
  (message) => scope.postMessage(message),
);
scope.onmessage = ({ data }) => void receive(data as ToWorker);
announceLife((message) => scope.postMessage(message));
