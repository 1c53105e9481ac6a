/** A worker's side: takes a job at a time and replies. */
import { Problem, type ProblemStatus } from '../problem.ts';

export type Reply =
  | { result: unknown }
  | { problem: { status: ProblemStatus; detail: string; headers: Readonly<Record<string, string>> } }
  | { failed: string };

/** What a job gives: a refusal of what was sent is a problem, anything else that is thrown a bug. */
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
