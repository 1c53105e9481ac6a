/**
 * SIGKILL at random moments of a training, its checkpoints and its export. Half of the trials are killed some random
 * time after the start, half at some change of a file in the run's folder. Whatever the moment: no file is
 * half-written, the run is listed for what it is, and resumed it ends with the bits of one that was never killed.
 */
import { existsSync, watch } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listRuns } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, random } from '../reference/random.ts';
import { type Ended, run, start, temporaryFolder } from '../support/program.ts';
import { bitsOf, differences, EPOCHS, halfWritten, prepare, TRAIN } from './runs.ts';

const TRIALS = Number(process.env.HOURGLASS_FAULT_TRIALS ?? 200);
/** Chains of kills and resumptions that go on at once. */
const AT_ONCE = 2;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await prepare(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(`${TRIALS} kills lose nothing`, async () => {
  const began = performance.now();
  expect(await run(folder, [...TRAIN, '--out', 'whole'])).toMatchObject({ code: 0 });
  const lifetime = performance.now() - began;
  const undisturbed = bitsOf(join(folder, 'whole'));
  expect(halfWritten(join(folder, 'whole'))).toEqual([]);
  expect(undisturbed.size).toBeGreaterThan(20);

  const count = { kills: 0, 'before the run began': 0, 'in training': 0, 'in the export': 0, runs: 0 };
  const losses: string[] = [];
  const chain = async (name: string, draw: Random): Promise<void> => {
    const path = join(folder, name);
    for (;;) {
      const args = existsSync(join(path, 'run.json'))
        ? ['train', '--resume', name]
        : [...TRAIN, '--out', name];
      // There from the start, so that it can be watched; an empty folder is taken for a new run.
      await mkdir(path, { recursive: true });
      const ended = await killedSomewhen(path, args, draw, lifetime, () => count.kills < TRIALS);
      losses.push(...halfWritten(path).map((loss) => `${name}: ${loss}`));
      if (ended.signal === null) {
        if (ended.code !== 0) losses.push(`${name}: ended with ${ended.code}: ${ended.stderr}`);
        losses.push(...differences(path, undisturbed).map((loss) => `${name}: ${loss}`));
        count.runs++;
        return;
      }
      count.kills++;
      const listed = (await listRuns(folder)).find((run) => run.name === name);
      // Nothing was there yet that could be lost; a folder that is not empty is never taken, so it makes room.
      const isEmpty =
        listed?.status === 'damaged' && listed.problem.includes('ended before its training began');
      if (listed === undefined || isEmpty) {
        count['before the run began']++;
        await rm(path, { recursive: true, force: true });
      } else if (listed.status === 'damaged') losses.push(`${name}: listed as damaged: ${listed.problem}`);
      else if (listed.status === 'running') losses.push(`${name}: listed as running`);
      else if (listed.status === 'finished') {
        // Between its last word and giving its lock back, which counts for nothing now.
        const left = differences(path, undisturbed).filter((loss) => loss !== 'run.lock was left behind');
        losses.push(...left.map((loss) => `${name}: ${loss}`));
        count['in the export']++;
        count.runs++;
        return;
      } else if (listed.manifest.epoch === EPOCHS) count['in the export']++;
      else count['in training']++;
    }
  };
  let next = 0;
  const worker = async () => {
    while (count.kills < TRIALS && losses.length === 0) {
      const seed = next++;
      await chain(`run-${seed}`, random(seed + 1));
      await rm(join(folder, `run-${seed}`), { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.log(
    `SIGKILL: ${Object.entries(count)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ')} ended with the undisturbed bits (${undisturbed.size} files each), ${losses.length} losses`,
  );
  expect(losses).toEqual([]);
  expect(count.kills).toBeGreaterThanOrEqual(TRIALS);
});

/** Starts the program and kills it at a moment by chance, unless it ends before. */
async function killedSomewhen(
  path: string,
  args: readonly string[],
  draw: Random,
  lifetime: number,
  mayKill: () => boolean,
): Promise<Ended> {
  const started = start(folder, args);
  const kill = () => mayKill() && started.process.kill('SIGKILL');
  if (draw() < 0.5) {
    const timer = setTimeout(kill, draw() * lifetime);
    return started.ended.finally(() => clearTimeout(timer));
  }
  let left = Math.floor(draw() * 150);
  const watcher = watch(path, { recursive: true }, () => left-- === 0 && kill());
  return started.ended.finally(() => watcher.close());
}
