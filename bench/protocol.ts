/**
 * How the bench talks with the programs it measures: each is a process of its own that is asked, one line of
 * JSON at a time, to make some training steps, and answers with a line. Between two requests it only waits.
 */
import { createInterface } from 'node:readline';
import { type Contest, type Ready, type Taken, type Turn, takeTurn } from './turn.ts';

export interface Setup {
  /** The name of what is measured; see networks.ts. */
  network: string;
  /** A file of `images` × height × width bytes. */
  data: string;
  images: number;
  threads: number;
  seed: number;
  /** Without what takes long to prepare, as compiling. */
  quick: boolean;
}

export interface Result extends Taken {
  /** The most memory the process has had so far. */
  peakMiB: number;
}

/** A worker that takes its turns elsewhere. */
interface Relay {
  ready: Ready;
  take: (turn: Turn) => Promise<Taken>;
}

/** A TypeScript worker: `begin` is called once. */
export async function serve(begin: (setup: Setup) => Promise<Contest | Relay>): Promise<void> {
  const say = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
  let begun: Contest | Relay | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Setup | Turn;
    if (begun === undefined) {
      begun = await begin(request as Setup);
      say(begun.ready);
      continue;
    }
    const turn = request as Turn;
    const taken = 'take' in begun ? await begun.take(turn) : await takeTurn(begun.step, turn);
    say({ ...taken, peakMiB: process.resourceUsage().maxRSS / 1024 } satisfies Result);
  }
}
