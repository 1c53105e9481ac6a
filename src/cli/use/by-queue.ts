/** `--queue` of the commands that use a model: each input is a shard that a worker does. */
import type { Command } from 'commander';
import type { ShardsEvent } from '../../api.ts';
import { EXIT_CODES, HourglassError } from '../../errors.ts';
import { printable, printableJson } from '../../printable.ts';
import { findRun } from '../find-run.ts';
import { onInterrupt } from '../interrupt.ts';
import { tell } from '../output.ts';
import { shown } from '../paths.ts';

interface Given {
  queue?: string | true;
  store?: string | true;
  out?: string;
  resume?: boolean;
  json?: boolean;
  force?: boolean;
  format?: string;
  dataDir?: string;
  offline?: boolean;
  followLinks?: boolean;
}

export const withQueue = (made: Command): Command =>
  made
    .option(
      '--queue [address]',
      "have each input done by a worker of a queue, into the folder --out (default: HOURGLASS_QUEUE); see 'hourglass worker'",
    )
    .option(
      '--store [address]',
      'with --queue: outputs come back by an S3-compatible store (s3://bucket/prefix; default: HOURGLASS_STORE)',
    );

/** @throws HourglassError (usage) for a store without a queue. */
export function refuseStoreAlone({ store }: { store?: string | true }): void {
  if (store === undefined) return;
  throw new HourglassError('usage', {
    subject: '--store',
    rule: 'goes with --queue: without one, outputs are written here',
    hint: 'add --queue, or leave it out',
  });
}

/** Flags that mean nothing on another machine. */
const HERE = ['force', 'dataDir', 'followLinks'] as const;

export async function shardsByQueue(
  verb: 'encode' | 'anomaly' | 'reconstruct',
  model: string,
  inputs: readonly string[],
  given: object,
  formats: readonly string[],
): Promise<void> {
  const { queue, store, out, resume = false, json = false, offline: _, ...flags } = given as Given;
  const other = HERE.find((name) => flags[name] !== undefined);
  if (other !== undefined) {
    throw new HourglassError('usage', {
      subject: `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      rule: 'does not go with --queue',
    });
  }
  if (out === undefined || out === '-' || inputs.includes('-')) {
    throw new HourglassError('usage', {
      subject: '--queue',
      rule: 'takes files, folders of shards or splits of data sets, and needs --out, a folder for the outputs',
    });
  }
  const format = flags.format ?? formats[0]!;
  const path = await findRun(model);
  const { carryOutShards } = await import('../../api.ts');
  const abort = new AbortController();
  const listened = onInterrupt(() => {
    abort.abort();
    tell('Stopping (Ctrl-C again: at once) …');
  });
  try {
    const result = await carryOutShards({
      ...{ verb, model: path, inputs, out, resume, signal: abort.signal },
      // Pictures are a folder for each shard.
      ending: format === 'png' ? '' : format === 'sheet' ? '.png' : `.${format}`,
      flags,
      queue: queue === true || queue === undefined ? '' : queue,
      store: store === true ? '' : store,
      onEvent: show,
    });
    if (json) process.stdout.write(`${printableJson(result, 2)}\n`);
    else tell(`${shown(result.manifest)}: ${result.done} outputs${failedText(result.failed.length)}`);
    if (result.failed.length > 0) process.exitCode = EXIT_CODES.data;
    if (result.status === 'stopped') {
      tell('Stopped; the same command with --resume continues');
      process.exitCode = EXIT_CODES.interrupted;
    }
  } finally {
    listened();
  }
}

const failedText = (count: number): string => (count === 0 ? '' : `; ${count} of the inputs failed`);

function show(event: ShardsEvent): void {
  switch (event.type) {
    case 'start':
      tell(
        `${event.shards} ${event.shards === 1 ? 'shard' : 'shards'}${event.done > 0 ? `, ${event.done} of them done before` : ''}, by the workers of ${event.queue}`,
      );
      break;
    case 'end': {
      const { input, output, worker, problem } = event;
      tell(
        printable(problem === null ? `${output} by ${worker}` : `${input} failed on ${worker}: ${problem}`),
      );
      break;
    }
    case 'warning':
      tell(printable(`warning: ${event.message}`));
  }
}
