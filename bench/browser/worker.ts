/** The side of a contestant's worker in the page: begins once, then takes a turn for each message. */
import type { Network } from '../network.ts';
import { type Contest, type Turn, takeTurn } from '../turn.ts';

export interface PageSetup {
  network: Network;
  images: number;
  seed: number;
}

/** `begin` is called once. */
export function serveInPage(begin: (setup: PageSetup, bytes: Uint8Array) => Promise<Contest>): void {
  const scope = self;
  let contest: Contest | undefined;
  const answer = async (message: PageSetup | Turn) => {
    if (contest !== undefined) return takeTurn(contest.step, message as Turn);
    const bytes = new Uint8Array(await (await fetch('/images')).arrayBuffer());
    contest = await begin(message as PageSetup, bytes);
    return contest.ready;
  };
  scope.onmessage = ({ data }) => {
    answer(data as PageSetup | Turn).then(
      (value) => scope.postMessage({ value }),
      (error) => scope.postMessage({ error: String(error) }),
    );
  };
}
