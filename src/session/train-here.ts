/**
 * A training on the thread that asks for it, which is blocked meanwhile but for a moment after each step: for processes that do
 * nothing else. It spares the start of a thread, and modules and compiled code are there for the next one.
 */
import { loadExtensions } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import type { SessionData } from '../runs/index.ts';
import { expectedError } from '../system-errors.ts';
import type { RunEvent, TrainResult } from './events.ts';
import { runSession } from './on-disk.ts';
import type { SessionStart } from './start.ts';
import { Steering } from './steering.ts';
import { type FollowOptions, newSession, resumedSession, type TrainOptions } from './train.ts';

type Followed = Pick<FollowOptions, 'onEvent' | 'signal'> & { extensions: readonly string[] };

/** As {@link train}. */
export const trainHere = (recipe: string | object, options: TrainOptions & Followed): Promise<TrainResult> =>
  runHere(newSession(recipe, options), options);

/** As {@link resumeTraining}. */
export const resumeHere = (
  folder: string,
  options: FollowOptions & SessionData & Followed,
): Promise<TrainResult> => runHere(resumedSession(folder, options), options);

async function runHere(start: SessionStart, options: Followed): Promise<TrainResult> {
  const { onEvent, signal = new AbortController().signal, extensions } = options;
  let result: TrainResult | undefined;
  try {
    await loadExtensions(extensions);
    await runSession(start, {
      engine: nodeEngine,
      emit: (event: RunEvent) => {
        if (event.type === 'finished' || event.type === 'stopped') {
          const { type: status, ...ended } = event;
          result = { status, ...ended } as TrainResult;
        }
        onEvent?.(event);
      },
      signal,
      steering: new Steering(() => new Promise((resolve) => setImmediate(resolve))),
    });
  } catch (error) {
    throw expectedError(error);
  }
  if (result === undefined) throw new Error('the training ended with no result');
  return result;
}
