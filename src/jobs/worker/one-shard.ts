/** A shard on a worker: the command that a user would run here, in a process of its own, on a model that came with the job. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorKind, EXIT_CODES, HourglassError } from '../../errors.ts';
import { packageFile } from '../../installation.ts';
import type { Depot, ShardJob } from '../../queue/index.ts';
import { fileDigest, makeFolder, unpackFolder } from '../../store/index.ts';
import type { TrialEnd } from '../sweep/workplace.ts';
import type { JobContext } from './context.ts';
import { type DataPlaces, isNamedSet, requireAllowed } from './data-places.ts';

/** The folder of a shard's output, in its own. */
export const OUTPUT = 'output';

/** What the command does not need of this process's environment. */
const SECRET = /^(HOURGLASS_(QUEUE|STORE)|AWS_)/;

/** Characters of its errors that a command is quoted with. */
const LAST_WORDS = 2000;

/** The folder of a job's model, fetched once. */
export async function modelOf({ parcel }: ShardJob, given: Depot, context: JobContext): Promise<string> {
  if (parcel === null) throw new HourglassError('usage', { subject: 'the job', rule: 'has no model' });
  const folder = context.place.modelOf(parcel.sha256);
  if (!existsSync(folder)) {
    const bytes = await given.fetch(parcel, context.largest);
    await makeFolder(join(folder, '..'));
    await unpackFolder(bytes, folder, context.largest);
  }
  return folder;
}

/** A set with a name, with or without its split, needs no permission. */
export function requireInput({ input }: ShardJob, { allowed }: DataPlaces): void {
  if (!isNamedSet(input.replace(/:[\w-]+$/, ''))) requireAllowed(input, allowed);
}

async function requireSame({ input, fingerprint }: ShardJob): Promise<void> {
  if (fingerprint === null || fingerprint === (await fileDigest(input))) return;
  throw new HourglassError('data', {
    subject: input,
    rule: 'is another file here than where the shards were asked for',
  });
}

export async function startShard(
  job: ShardJob,
  { model, out }: { model: string; out: string },
): Promise<{ ended: Promise<TrialEnd>; stop(): void }> {
  await requireSame(job);
  await makeFolder(out);
  const flags = Object.entries(job.flags).flatMap(([name, value]) => flagOf(name, value));
  const args = [job.verb, model, job.input, '--out', join(out, job.file), '--offline', ...flags];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET.test(name)));
  const child = spawn(
    process.execPath,
    [packageFile(new URL('../../cli/command-process.js', import.meta.url)), ...args],
    // A group of its own: Ctrl-C is for the worker.
    { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const ended = new Promise<TrialEnd>((resolve) => {
    child.on('error', (error) => resolve({ type: 'crashed', message: error.message }));
    child.on('close', (code, signal) => resolve(endOf(code, signal, words)));
  });
  return { ended, stop: () => void child.kill('SIGINT') };
}

function flagOf(name: string, value: unknown): string[] {
  if (value === undefined || value === false) return [];
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  // A value never becomes a flag of its own.
  return value === true ? [flag] : [`${flag}=${value}`];
}

function endOf(code: number | null, signal: string | null, words: string): TrialEnd {
  if (code === 0) return { type: 'finished', validation: {}, test: {}, epochs: 0 };
  if (code === EXIT_CODES.interrupted) return { type: 'stopped' };
  const last =
    words
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^hourglass: /, '') ?? '';
  const kind = (Object.keys(EXIT_CODES) as ErrorKind[]).find((one) => EXIT_CODES[one] === code);
  // What a command refuses, as a damaged file, is not its worker's fault: it would be refused anywhere.
  if (kind !== undefined)
    return { type: 'failed', kind: kind === 'environment' ? kind : 'usage', message: last };
  const how = signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`;
  return { type: 'crashed', message: last === '' ? how : `${how}: ${last}` };
}
