import { Command } from 'commander';
import { HourglassError } from '../errors.ts';
import type { Limits } from '../server/index.ts';
import { wholeNumber } from './arguments.ts';
import { coloursOf } from './colours.ts';
import { findRun } from './find-run.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, say, tell } from './output.ts';

const HELP = `
Examples:
  hourglass serve runs/stacked-20261121-153000
  hourglass serve digits=runs/first clothes=runs/vae --port 0
  HOURGLASS_TOKEN=$(openssl rand -hex 24) hourglass serve digits=my-run --host 0.0.0.0

Then, with any picture:
  curl -H 'Content-Type: image/png' -H 'Accept: image/png' \\
       --data-binary @digit.png -o reconstruction.png \\
       http://127.0.0.1:8080/v1/models/digits/reconstruct

The page at / lists the models and what they can do, /openapi.json describes the API, /metrics is for Prometheus.
SIGTERM or Ctrl-C finishes the accepted requests and ends; a second one ends at once.`;

interface ServeFlags {
  host?: string;
  port?: number;
  token?: string;
  allowHost?: string[];
  workers?: number;
  references?: string[];
  dataDir?: string;
  maxReferences?: number;
  maxBody?: number;
  maxImages?: number;
  maxPixels?: number;
  maxBatch?: number;
  maxWaiting?: number;
  maxRequests?: number;
  timeout?: number;
}

const repeated = (text: string, before: string[] = []): string[] => [...before, text];

export function serveCommand(): Command {
  return new Command('serve')
    .description('answer HTTP requests with the models of finished runs')
    .argument('<run...>', 'folders of runs or models, or names in runs/; name=run gives it another name')
    .option(
      '--host <address>',
      'the address to listen on; beyond loopback a token is required (default: 127.0.0.1)',
    )
    .option('--port <n>', 'the port; 0 takes a free one (default: 8080)', wholeNumber(0))
    .option(
      '--token <token>',
      'the token that clients must send (default: HOURGLASS_TOKEN, which other users cannot see)',
    )
    .option(
      '--allow-host <name>',
      'a host name that clients may use, such as that of a proxy; may be repeated',
      repeated,
    )
    .option('--workers <n>', 'threads per model, each with the model in memory (default: 1)', wholeNumber(1))
    .option(
      '--references <images>',
      "the images that neighbours searches: folders, files, or a data set's split such as mnist-10k:test (default: the test split of the model's set)",
      repeated,
    )
    .option('--data-dir <folder>', "a folder with the test images of the models' runs, if it was moved")
    .option('--max-references <n>', 'how many of them, from the first (default: 1,000)', wholeNumber(1))
    .option('--max-body <bytes>', 'size of a request (default: 16 MiB)', wholeNumber(1))
    .option('--max-images <n>', 'images or codes per request (default: 256)', wholeNumber(1))
    .option('--max-pixels <n>', 'pixels of an uploaded picture (default: 25,000,000)', wholeNumber(1))
    .option('--max-batch <n>', 'images in one run of a model (default: 64)', wholeNumber(1))
    .option('--max-waiting <n>', 'images that may wait for a model (default: 4,096)', wholeNumber(1))
    .option('--max-requests <n>', 'requests at once (default: 256)', wholeNumber(1))
    .option(
      '--timeout <seconds>',
      'the longest wait for a result, once its request was read (default: 30)',
      wholeNumber(1),
    )
    .addHelpText('after', HELP)
    .action(runServe);
}

/** A run, or name=run. If a run's own name has an equals sign, such as lr=0.1, it is that run. */
async function namedRun(text: string): Promise<{ name?: string; run: string }> {
  const [, name, run] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || run === undefined) return { run: text };
  const isRun = await findRun(text).then(
    () => true,
    () => false,
  );
  return isRun ? { run: text } : { name, run };
}

async function runServe(given: readonly string[], flags: ServeFlags): Promise<void> {
  const models: Record<string, string> = {};
  const { serve, modelName } = await import('../server/index.ts');
  for (const text of given) {
    const { name, run } = await namedRun(text);
    const folder = await findRun(run);
    const called = name ?? modelName(folder);
    if (Object.hasOwn(models, called)) {
      throw new HourglassError('usage', {
        subject: 'models',
        rule: 'each must have its own name',
        got: called,
        hint: 'name one with name=run',
      });
    }
    models[called] = folder;
  }
  const { host, port, allowHost, workers } = flags;
  const token = flags.token ?? (process.env.HOURGLASS_TOKEN || undefined);
  const limits = Object.fromEntries(
    Object.entries({
      bodyBytes: flags.maxBody,
      images: flags.maxImages,
      imagePixels: flags.maxPixels,
      batch: flags.maxBatch,
      waiting: flags.maxWaiting,
      requests: flags.maxRequests,
      computeTime: flags.timeout === undefined ? undefined : flags.timeout * 1000,
    } satisfies Partial<Record<keyof Limits, number | undefined>>).filter(([, value]) => value !== undefined),
  ) as Partial<Limits>;
  const service = await serve(models, {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(token === undefined ? {} : { token }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(workers === undefined ? {} : { workers }),
    ...(flags.references === undefined ? {} : { references: flags.references }),
    ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
    ...(flags.maxReferences === undefined ? {} : { mostReferences: flags.maxReferences }),
    limits,
  });
  outputIsLog();
  // Before the address is printed: who reads it may end the service at once.
  const end = ended(service.close);
  const colours = coloursOf(process.stdout);
  for (const { name, references, warnings } of service.models) {
    for (const text of warnings) tell(`warning: ${name}: ${text}`);
    const about = `${models[name]}, references: ${references ?? 'none'}`;
    say(`serving ${colours.bold(name)}  ${colours.dim(about)}`);
  }
  say(`${service.url}${token === undefined ? '' : colours.dim('  (with a token)')}`);
  await end;
}

/** How long an ending service may take: the time for accepted requests, and some for its threads, in milliseconds. */
const END_WITHIN = 33_000;

/** Waits for a signal to end, then for the end. */
function ended(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    onInterrupt(() => {
      tell('closing: finishing the accepted requests (again: at once) …');
      // Anything stuck in native code ends with the process.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), END_WITHIN).unref();
      close().then(resolve, reject);
    });
  });
}
