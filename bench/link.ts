/** A child process that is measured, and the lines that go to it and come back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './programs.ts';
import type { Result, Setup } from './protocol.ts';
import type { Ready, Turn } from './turn.ts';

/** The longest that a program may take to be ready, milliseconds. */
const START_MS = 180_000;

/** As Python, Node and the system say that something is not there. */
const MISSING = /(?:No module named|Cannot find (?:package|module)) '([^']+)'|ENOENT/;

export class Link {
  private readonly name: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private complaints = '';

  private constructor({ name, command, arguments: given }: Program, environment: NodeJS.ProcessEnv) {
    this.name = name;
    const env = { ...process.env, ...environment };
    this.child = spawn(command, given, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.child.stderr!.on('data', (text) => {
      this.complaints = (this.complaints + text).slice(-4000);
    });
    this.child.on('error', (error) => {
      this.complaints += error.message;
    });
    // A write to a process that is gone; its silence is noticed anyway.
    this.child.stdin!.on('error', () => {});
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** The program, started and ready, with the environment of a mode; or, in a word, why it cannot run. */
  static async open(
    program: Program,
    setup: Setup,
    mode = '',
  ): Promise<{ link: Link; ready: Ready } | string> {
    const found = Object.entries(program.environments ?? {}).find(([ending]) => mode.endsWith(ending));
    const link = new Link(program, found?.[1] ?? {});
    const { value, done } = await Promise.race([link.exchange(setup), silence(START_MS)]);
    const ready = done ? { error: link.lastLine() } : (JSON.parse(value) as Ready | { error: string });
    if (!('error' in ready)) return { link, ready };
    link.child.kill('SIGKILL');
    const missing = MISSING.exec(done ? link.complaints : ready.error);
    if (missing && program.install) {
      return `not installed (no ${missing[1] ?? program.command}); ${program.install}`;
    }
    return `does not start: ${ready.error}`;
  }

  async run(turn: Turn): Promise<Result> {
    const { value, done } = await this.exchange(turn);
    if (done) throw new Error(`${this.name} ended in the middle of a turn: ${this.lastLine()}`);
    const result = JSON.parse(value) as Result | { error: string };
    if ('error' in result) throw new Error(result.error);
    return result;
  }

  private exchange(message: Setup | Turn): Promise<IteratorResult<string>> {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
    return this.answers.next();
  }

  /** Node says its version last; the error stands before that. */
  private lastLine(): string {
    const lines = this.complaints.trim().split('\n');
    return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)!;
  }

  /** Seconds of processor time that the process has used so far; NaN where the system does not say. */
  processorSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return Number.NaN;
    }
  }

  stop(): void {
    this.child.stdin!.end();
    const kill = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    this.child.on('exit', () => clearTimeout(kill));
  }
}

/** An answer that says it never came. */
async function silence(milliseconds: number): Promise<{ value: string; done: false }> {
  await pause(milliseconds, undefined, { ref: false });
  const error = `no answer within ${milliseconds / 1000} s`;
  return { value: JSON.stringify({ error }), done: false };
}
