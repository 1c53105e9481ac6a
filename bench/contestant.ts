/** One measured program: a child process that trains when asked and otherwise waits. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './programs.ts';
import type { Ready, Result, Setup, Turn } from './protocol.ts';

/** The longest that a program may take to be ready, milliseconds. */
const START_MS = 180_000;

/** As Python, Node and the system say that something is not there. */
const MISSING = /(?:No module named|Cannot find (?:package|module)) '([^']+)'|ENOENT/;

export class Contestant {
  readonly name: string;
  readonly ready: Ready;
  private readonly program: Program;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  /** What it last said to people. */
  private readonly lastWords: () => string;

  private constructor(
    program: Program,
    ready: Ready,
    child: ChildProcess,
    answers: AsyncIterator<string>,
    lastWords: () => string,
  ) {
    this.name = program.name;
    this.program = program;
    this.ready = ready;
    this.child = child;
    this.answers = answers;
    this.lastWords = lastWords;
  }

  /** The program, started and ready; or, in a word, why it cannot run. */
  static async start(program: Program, setup: Setup): Promise<Contestant | string> {
    const child = spawn(program.command, program.arguments, { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaints = '';
    child.stderr!.on('data', (text) => {
      complaints = (complaints + text).slice(-4000);
    });
    // Node says its version last; the error stands before that.
    const lastLine = () => {
      const lines = complaints.trim().split('\n');
      return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)!;
    };
    child.on('error', (error) => {
      complaints += error.message;
    });
    // A write to a process that is gone; its silence is noticed anyway.
    child.stdin!.on('error', () => {});
    const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stdin!.write(`${JSON.stringify(setup)}\n`);
    const { value, done } = await Promise.race([answers.next(), silence(START_MS)]);
    const ready = done ? { error: lastLine() } : (JSON.parse(value) as Ready | { error: string });
    if ('error' in ready) {
      child.kill('SIGKILL');
      const missing = MISSING.exec(done ? complaints : ready.error);
      if (missing && program.install) {
        return `not installed (no ${missing[1] ?? program.command}); ${program.install}`;
      }
      return `does not start: ${ready.error}`;
    }
    return new Contestant(program, ready, child, answers, lastLine);
  }

  takes(batch: number): boolean {
    return this.program.only?.batches.includes(batch) ?? true;
  }

  async run(turn: Turn): Promise<Result> {
    this.child.stdin!.write(`${JSON.stringify(turn)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name} ended in the middle of a turn: ${this.lastWords()}`);
    const result = JSON.parse(value) as Result | { error: string };
    if ('error' in result) throw new Error(result.error);
    return result;
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
