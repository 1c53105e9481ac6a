/** `hourglass worker`: trains the trials of other machines' sweeps. */
import { Command } from 'commander';
import type { WorkerEvent } from '../api.ts';
import { EXIT_CODES } from '../errors.ts';
import { printable } from '../printable.ts';
import { wholeNumber } from './arguments.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, say, tell } from './output.ts';
import { near } from './paths.ts';

const HELP = `
Examples:
  hourglass worker --queue redis://queue:6379 --parallel 4
  HOURGLASS_QUEUE=rediss://queue:6380 HOURGLASS_QUEUE_PASSWORD=… hourglass worker
  hourglass worker --queue postgres://queue/hourglass --data-dir /data/mnist
  hourglass worker --queue redis://queue:6379 --allow-data /data      jobs may name data in /data by their path
  hourglass worker --queue redis://queue:6379 --store s3://bucket/sweeps

'hourglass sweep … --queue <address>' on another machine puts trials on the queue. A worker trains each in a process of its
own and sends its run back; data are found by name here, and must be the same as there. User and password of the queue that
the address lacks come from HOURGLASS_QUEUE_USER and HOURGLASS_QUEUE_PASSWORD; the store's come from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION and AWS_ENDPOINT_URL.

Ctrl-C hands running trials back with their checkpoints; other workers continue them.`;

interface WorkerFlags {
  queue?: string;
  store?: string;
  parallel: number;
  name?: string;
  dir: string;
  dataDir?: string;
  allowData?: string[];
  allowHost?: string[];
  lease?: number;
}

export function workerCommand(): Command {
  return new Command('worker')
    .description("train the trials of other machines' sweeps, and do their shards")
    .option(
      '--queue <address>',
      'the queue: redis://, rediss://, postgres:// or postgresql://host:port (default: HOURGLASS_QUEUE)',
    )
    .option(
      '--store <address>',
      'the S3-compatible store that runs of sweeps with --store go to: s3://bucket/prefix (default: HOURGLASS_STORE)',
    )
    .option('--parallel <n>', 'trials at the same time', wholeNumber(1, 1000), 1)
    .option('--name <name>', 'what the worker is called (default: the host, with a number)')
    .option('--dir <folder>', 'where it keeps the runs of its trials', 'worker')
    .option('--data-dir <folder>', "a folder with a set's IDX files, gzipped or not")
    .option(
      '--allow-data <folder>',
      'a folder in which jobs may name data by their path; may be repeated',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      '--allow-host <host>',
      'a host from which data that jobs name by an address are downloaded, such as data.example.org or host:8080; may be repeated',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      '--lease <seconds>',
      'silence after which its trials go to other workers, 30 or more (default: 150)',
      wholeNumber(30, 86_400),
    )
    .addHelpText('after', HELP)
    .action(runWorker);
}

async function runWorker(flags: WorkerFlags): Promise<void> {
  const { work } = await import('../api.ts');
  outputIsLog();
  const abort = new AbortController();
  const listened = onInterrupt(() => {
    abort.abort();
    tell('Handing trials back after their current steps (Ctrl-C again: at once) …');
  });
  try {
    const { trials, reason } = await work({
      ...flags,
      signal: abort.signal,
      onEvent: (event) => show(event),
    });
    say(`${trials} ${trials === 1 ? 'trial' : 'trials'} ended here`);
    if (reason === 'set aside') {
      say('set aside: three trials in a row failed on this machine; mend the cause and start it again');
      process.exitCode = EXIT_CODES.environment;
    }
  } finally {
    listened();
  }
}

function show(event: WorkerEvent): void {
  switch (event.type) {
    case 'start': {
      const { name, queue, store, folder, parallel } = event;
      say(`worker ${name} takes ${parallel} at a time from ${queue}; its runs are in ${near(folder)}`);
      if (store !== null) say(`runs of sweeps with this store go to ${store}`);
      break;
    }
    case 'begin': {
      const from = event.isResumed ? ' from its checkpoint' : '';
      say(`${event.what} ${event.trial} of ${event.sweep} begins${from}`);
      break;
    }
    case 'end': {
      const { what, trial, sweep, how, reason, seconds } = event;
      const ended = how === 'lost' ? 'was taken away' : how;
      const why = reason === null ? '' : `: ${printable(reason)}`;
      say(`${what} ${trial} of ${sweep} ${ended} after ${seconds.toFixed(1)} s${why}`);
      break;
    }
    case 'server':
      say(
        event.isAway
          ? `${event.what} does not answer (${event.why}); waiting for it`
          : `${event.what} answers again`,
      );
      break;
    case 'warning':
      say(`warning: ${event.message}`);
  }
}
