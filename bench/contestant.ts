/**
 * One measured program: it trains when asked and otherwise waits. Each of its modes has a process of its own: what
 * one leaves behind in memory makes others slower, PyTorch's convolutions twice as slow.
 */
import { Link } from './link.ts';
import type { Program } from './programs.ts';
import type { Result, Setup } from './protocol.ts';
import type { Ready, Turn } from './turn.ts';

export class Contestant {
  readonly ready: Ready;
  private readonly program: Program;
  private readonly setup: Setup;
  /** By mode. */
  private readonly links: Map<string, Link>;

  private constructor(program: Program, setup: Setup, ready: Ready, first: Link) {
    this.program = program;
    this.setup = setup;
    this.ready = ready;
    this.links = new Map([[ready.modes[0]!, first]]);
  }

  /** The program, started and ready; or, in a word, why it cannot run. */
  static async start(program: Program, setup: Setup): Promise<Contestant | string> {
    const opened = await Link.open(program, setup);
    if (typeof opened === 'string') return opened;
    return new Contestant(program, setup, opened.ready, opened.link);
  }

  get name(): string {
    return this.program.name;
  }

  takes(batch: number): boolean {
    return this.program.only?.batches.includes(batch) ?? true;
  }

  async run(turn: Turn): Promise<Result> {
    let link = this.links.get(turn.mode);
    if (link === undefined) {
      const opened = await Link.open(this.program, this.setup, turn.mode);
      if (typeof opened === 'string') throw new Error(opened);
      link = opened.link;
      this.links.set(turn.mode, link);
    }
    return link.run(turn);
  }

  /** Seconds of processor time that its processes have used so far; NaN where the system does not say. */
  processorSeconds(): number {
    return [...this.links.values()].reduce((sum, link) => sum + link.processorSeconds(), 0);
  }

  stop(): void {
    for (const link of this.links.values()) link.stop();
  }
}
