/** What TensorBoard's event files cost: whole trainings with none, with scalars, with all, in turn. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pairedRatio, type Spread, spread } from './statistics.ts';

const LEVELS = ['none', 'scalars', 'all'] as const;

export interface Logging {
  levels: {
    level: (typeof LEVELS)[number];
    /** Processor seconds of the whole process: what does not depend on who else uses the machine. */
    seconds: Spread;
    /** To the same round's without logging. */
    ratio: Spread;
  }[];
}

export async function measureLogging(rounds: number, log: (line: string) => void): Promise<Logging> {
  const seconds = LEVELS.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    log(`logging: round ${round + 1} of ${rounds}`);
    for (let i = 0; i < LEVELS.length; i++) {
      const at = (i + round) % LEVELS.length;
      seconds[at]!.push(await processorSeconds(LEVELS[at]!));
    }
  }
  return {
    levels: LEVELS.map((level, i) => ({
      level,
      seconds: spread(seconds[i]!),
      ratio: pairedRatio(seconds[i]!, seconds[0]!),
    })),
  };
}

/** Of five epochs of `vae20` on the digits that come with hourglass. */
async function processorSeconds(level: string): Promise<number> {
  const out = join(mkdtempSync(join(tmpdir(), 'hourglass-bench-')), 'run');
  const library = new URL('../../../dist/index.js', import.meta.url).href;
  const options = { data: 'mnist-10k', epochs: 5, tensorboard: level, out };
  const script = `
    import { train } from ${JSON.stringify(library)};
    await train('vae20', ${JSON.stringify(options)});
    const { user, system } = process.cpuUsage();
    process.stdout.write(String((user + system) / 1e6));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  const code = await new Promise((done) => child.on('close', done));
  rmSync(join(out, '..'), { recursive: true, force: true });
  if (code !== 0) throw new Error(`training with --tensorboard ${level} ended with ${code}`);
  return Number(printed);
}
