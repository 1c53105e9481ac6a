/** What the page sends to a worker that computes: a promise of it, which the engine waits for. */
import type { EngineFiles } from '../engine/index.ts';
import { thrownAgain } from '../engine/plain-error.ts';
import type { EngineMessage } from '../protocol.ts';

export interface ReceivedEngine {
  readonly files: Promise<EngineFiles>;
  take(message: EngineMessage): void;
}

export function receivedEngine(): ReceivedEngine {
  let take: ReceivedEngine['take'] = () => {};
  const files = new Promise<EngineFiles>((resolve, reject) => {
    take = (message) =>
      message.type === 'engine' ? resolve(message.files) : reject(thrownAgain(message.error));
  });
  // The call that needs them sees the error.
  files.catch(() => {});
  return { files, take };
}
