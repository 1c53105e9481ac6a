/** The helper's side: carries out one order after another until its thread is ended. */
import { openReplica, type Replica, type ReplicaStart } from '../../training/replica.ts';
import { openWebEngine } from './engine.ts';
import { type FromHelper, type ToHelper, viewsOf } from './helpers.ts';
import { plainError } from './plain-error.ts';

/** @returns what to call with each message to the thread. */
export function serveHelper(
  reply: (message: FromHelper, moved: readonly ArrayBuffer[]) => void,
): (message: unknown) => Promise<void> {
  let replica: Replica | undefined;
  return async (message) => {
    const asked = message as ToHelper;
    try {
      if (asked.type === 'start') {
        const engine = await openWebEngine(asked.files, { threads: 1 });
        replica = await openReplica(engine, asked.start as ReplicaStart);
        reply({ type: 'ready' }, []);
        return;
      }
      const { buffers, ...views } = viewsOf(asked.buffers);
      await replica!.run(asked.order, views);
      reply({ type: 'done', buffers }, Object.values(buffers));
    } catch (error) {
      reply({ type: 'failed', error: plainError(error) }, []);
    }
  };
}
