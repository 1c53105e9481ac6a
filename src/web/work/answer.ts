/** The worker's side of calls: carries them out in the order in which they come, each from its beginning to its first wait. */
import { plainError } from '../engine/plain-error.ts';
import type { CallMessage, FromWorker } from '../protocol.ts';

export type Calls = Readonly<
  // biome-ignore lint/suspicious/noExplicitAny: what was posted; each call names its types
  Record<string, (...given: any[]) => Promise<unknown>>
>;

/** @returns what to call with each call's message. */
export const answering =
  (calls: Calls, post: (message: FromWorker) => void) =>
  async ({ id, name, given }: CallMessage): Promise<void> => {
    try {
      post({ type: 'answer', id, value: await calls[name]!(...given) });
    } catch (error) {
      post({ type: 'failed', id, error: plainError(error) });
    }
  };
