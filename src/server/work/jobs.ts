/** A worker's side: takes a job at a time and replies. */
import { Problem, type ProblemStatus } from '../problem.ts';

export type Reply =
  | { result: unknown }
  | { problem: { status: ProblemStatus; detail: string; headers: Readonly<Record<string, string>> } }
  | { failed: string };

/** The result of a job: an invalid request is a problem, anything else that is thrown a bug. */
export async function replyTo<J, R>(job: J, perform: (job: J) => Promise<R>): Promise<Reply> {
  try {
    return { result: await perform(job) };
  } catch (error) {
    if (error instanceof Problem) {
      const { status, message, headers } = error;
      return { problem: { status, detail: message, headers } };
    }
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/**
 * The memory of the arrays within a message, as far as it is theirs alone: handed over to another thread, a hundred
 * megabytes take no time, where copying them holds up both threads.
 */
export function memoryOf(message: unknown): ArrayBuffer[] {
  if (typeof message !== 'object' || message === null) return [];
  if (!ArrayBuffer.isView(message)) return [...new Set(Object.values(message).flatMap(memoryOf))];
  const { buffer, byteLength } = message;
  // A view of a part may share the rest, as small Buffers do.
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength ? [buffer] : [];
}
