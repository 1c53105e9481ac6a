/** A model that computes in the calling thread: on Node, Bun and Deno, and in pages that may not start workers. */
import type { Engine } from '../../engine/index.ts';
import { openInPlaceEngine } from '../engine/index.ts';
import { loadEngineFiles } from '../engine-files.ts';
import type { Calls } from '../work/answer.ts';
import { usesOf } from '../work/use.ts';
import type { ModelClient } from './model.ts';

/** One for all models: its memory is freed when the thread ends. */
let engine: Promise<Engine> | undefined;

function openEngine(): Promise<Engine> {
  engine ??= loadEngineFiles().then((files) => openInPlaceEngine(files, { threads: 1 }));
  // The next call tries again.
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
}

export function clientHere(): ModelClient {
  const uses = usesOf(async () => ({ engine: await openEngine(), threads: 1 }));
  const calls: Calls = uses;
  let ended: Error | undefined;
  return {
    async call<T>(name: string, ...given: readonly unknown[]): Promise<T> {
      if (ended !== undefined) throw ended;
      return (await calls[name]!(...given)) as T;
    },
    async end(error) {
      ended ??= error;
      await uses.dispose();
    },
  };
}
