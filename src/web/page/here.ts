/** A model that computes in the calling thread: on Node, Bun and Deno, and in pages that may not start workers. */
import type { ModelEngine } from '../../engine/index.ts';
import { addPlainNoise } from '../../model/index.ts';
import { openModelEngine } from '../engine/index.ts';
import { loadEngineFiles } from '../engine-files.ts';
import type { Calls } from '../work/answer.ts';
import { readTraits } from '../work/traits.ts';
import { usesOf } from '../work/use.ts';
import type { ModelClient } from './model.ts';

/** One for all models: its memory is freed when the thread ends. */
let engine: Promise<ModelEngine> | undefined;

function openEngine(): Promise<ModelEngine> {
  engine ??= loadEngineFiles().then((files) => openModelEngine(files));
  // The next call tries again.
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
}

export function clientHere(): ModelClient {
  const uses = usesOf(openEngine, addPlainNoise, readTraits);
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
