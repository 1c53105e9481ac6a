/** The entry of the worker of 'hourglass/use': one model. */
import { addPlainNoise } from '../model/index.ts';
import { openModelEngine } from './engine/index.ts';
import { loadEngineFiles } from './engine-files.ts';
import { announceLife } from './life.ts';
import type { CallMessage } from './protocol.ts';
import { answering } from './work/answer.ts';
import { readTraits } from './work/traits.ts';
import { usesOf } from './work/use.ts';

const scope = self;
const answer = answering(
  usesOf(async () => openModelEngine(await loadEngineFiles()), addPlainNoise, readTraits),
  (message) => scope.postMessage(message),
);
scope.onmessage = ({ data }) => void answer(data as CallMessage);
announceLife((message) => scope.postMessage(message));
