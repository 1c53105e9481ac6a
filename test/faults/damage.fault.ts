/**
 * Checkpoints cut short, with wrong bits, overwritten, or of another run: the one before is used, a person is told,
 * and the end has the same bits. Where none is good, a clear error, and the folder stays as it was.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError, type RunEvent, resumeTraining, type TrainOptions, train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, random } from '../reference/random.ts';
import { temporaryFolder } from '../support/program.ts';
import { bitsOf, differences, prepare, RECIPE } from './runs.ts';

const TRIALS = 60;

let folder: string;
let undisturbed: Map<string, string>;
/** A run that was stopped after several epochs, and one of another seed. */
let stopped: string;
let other: string;

async function stoppedRun(out: string, seed: number): Promise<string> {
  const stop = new AbortController();
  const onEvent = (event: RunEvent) => event.type === 'epoch' && event.row.epoch === 3 && stop.abort();
  const run = await train(RECIPE, { ...options(out), seed, signal: stop.signal, onEvent });
  expect(run.status).toBe('stopped');
  return run.folder;
}

const options = (out: string): TrainOptions => ({
  dataDir: join(folder, 'data'),
  offline: true,
  threads: 1,
  tensorboard: 'none',
  out: join(folder, out),
});

beforeAll(async () => {
  folder = await temporaryFolder();
  await prepare(folder);
  undisturbed = bitsOf((await train(RECIPE, options('whole'))).folder);
  stopped = await stoppedRun('stopped', 1);
  other = await stoppedRun('other', 5);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const checkpointsOf = async (run: string): Promise<string[]> =>
  (await readdir(join(run, 'checkpoints'))).filter((name) => name.startsWith('step')).sort();

const DAMAGES: Record<string, (bytes: Buffer, draw: Random) => Buffer> = {
  'cut short': (bytes, draw) => bytes.subarray(0, Math.floor(draw() * bytes.length)),
  'with a wrong bit': (bytes, draw) => {
    bytes[Math.floor(draw() * bytes.length)]! ^= 1 << Math.floor(draw() * 8);
    return bytes;
  },
  'with zeros where a block was lost': (bytes, draw) => {
    const at = Math.floor((draw() * bytes.length) / 512) * 512;
    return bytes.fill(0, at, Math.min(bytes.length, at + 512));
  },
  'grown by what was there before': (bytes) => Buffer.concat([bytes, bytes]),
};

test(`${TRIALS} damaged checkpoints lose nothing`, async () => {
  const counts: Record<string, number> = {};
  const losses: string[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const draw = random(trial + 1);
    const [kind, damage] = Object.entries(DAMAGES)[trial % Object.keys(DAMAGES).length]!;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const run = join(folder, 'trial');
    await cp(stopped, run, { recursive: true });
    const newest = join(run, 'checkpoints', (await checkpointsOf(run)).at(-1)!);
    await writeFile(newest, damage(await readFile(newest), draw));
    const warnings: string[] = [];
    await resumeTraining(run, {
      onEvent: (event) => event.type === 'warning' && warnings.push(event.message),
    });
    if (warnings.length !== 1 || !warnings[0]!.startsWith(`${newest}: is damaged`))
      losses.push(`${kind}: told ${JSON.stringify(warnings)}`);
    losses.push(...differences(run, undisturbed).map((loss) => `${kind}: ${loss}`));
    await rm(run, { recursive: true });
  }
  console.log(`damaged checkpoints: ${JSON.stringify(counts)}, ${losses.length} losses`);
  expect(losses).toEqual([]);
});

test('a checkpoint of another run is not gone on from, however new', async () => {
  const run = join(folder, 'mixed');
  await cp(stopped, run, { recursive: true });
  const foreign = (await checkpointsOf(other)).at(-1)!;
  await cp(join(other, 'checkpoints', foreign), join(run, 'checkpoints', 'step-000099999.safetensors'));
  const warnings: string[] = [];
  await resumeTraining(run, {
    onEvent: (event) => event.type === 'warning' && warnings.push(event.message),
  });
  expect(warnings).toEqual([expect.stringContaining('step-000099999.safetensors: is of another run')]);
  expect(bitsOf(run)).toEqual(undisturbed);
});

test('where no checkpoint is good the folder stays as it was, and goes on once one is put back', async () => {
  const run = join(folder, 'lost');
  await cp(stopped, run, { recursive: true });
  const names = await checkpointsOf(run);
  for (const name of names) await writeFile(join(run, 'checkpoints', name), 'gone');
  const files = async () => (await readdir(run, { recursive: true })).sort();
  const before = await files();
  const failure = await resumeTraining(run).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(HourglassError);
  expect(failure).toMatchObject({
    exitCode: 4,
    message: expect.stringMatching(/no checkpoint can be used .+; put back a copy of one/),
  });
  expect(await files()).toEqual(before);
  await cp(join(stopped, 'checkpoints', names[0]!), join(run, 'checkpoints', names[0]!));
  await resumeTraining(run);
  expect(differences(run, undisturbed)).toEqual([]);
});
