/** The entry of the worker of 'hourglass/use': one model. */
import { openInPlaceEngine } from './engine/index.ts';
import { loadEngineFiles } from './engine-files.ts';
import { announceLife } from './life.ts';
import type { CallMessage } from './protocol.ts';
import { answering } from './work/answer.ts';
import { usesOf } from './work/use.ts';

const scope = self;
const answer = answering(
  usesOf(async () => ({
    engine: await openInPlaceEngine(await loadEngineFiles(), { threads: 1 }),
    threads: 1,
  })),
  (message) => scope.postMessage(message),
);
scope.onmessage = ({ data }) => void answer(data as CallMessage);
announceLife((message) => scope.postMessage(message));
