/** How long /health takes while clients send the heaviest requests there are: the page of a busy service stays alive. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { train } from 'hourglass';
import { encodePng } from '../../src/codecs/png.ts';
import { type Heavy, heavyRequests, SIDE } from './heavy.ts';

/** Clients that send a kind of request at once. */
const CLIENTS = 4;

const LARGE = {
  name: 'large',
  why: 'the smallest layers that large images can have',
  model: {
    family: 'autoencoder',
    encoder: [{ type: 'dense', units: 4 }],
    code: { units: 4 },
    decoder: [{ type: 'dense', units: 4 }],
  },
  loss: { type: 'mse' },
  training: { epochs: 1, batchSize: 4, optimiser: { type: 'adam', learningRate: 0.001 } },
};

/** Trains a model of 128 × 128 RGB images for an epoch of a few steps; its run's folder. */
export async function largeModel(folder: string): Promise<string> {
  const pictures = join(folder, 'pictures');
  await mkdir(pictures);
  for (let n = 0; n < 16; n++) {
    const data = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i * (n + 3)) >> 6);
    const file = encodePng({ width: SIDE, height: SIDE, channels: 3, data });
    await writeFile(join(pictures, `${n}.png`), file);
  }
  const run = await train(LARGE, {
    data: pictures,
    set: { 'data.size': SIDE },
    out: join(folder, 'large'),
    tensorboard: 'none',
  });
  return run.folder;
}

/** Prints a line for each kind of heavy request that a model of that size can get. */
export async function meanwhile(url: URL, model: string, seconds: number): Promise<void> {
  const prober = fork(fileURLToPath(new URL('./probe.js', import.meta.url)), [url.href]);
  console.log(`/health while ${CLIENTS} clients ask for the most that the limits allow, times in ms`);
  console.log('\nrequest                    answered  refused     p50     p99     max');
  try {
    for (const kind of heavyRequests()) {
      prober.send('begin');
      const end = performance.now() + 1000 * seconds;
      const statuses: number[] = [];
      const client = async () => {
        do statuses.push(await send(url, model, kind));
        while (performance.now() < end);
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      const times = (await endOf(prober)).sort((a, b) => a - b);
      const at = (level: number) => times[Math.min(times.length - 1, Math.floor(level * times.length))];
      const answered = statuses.filter((status) => status === 200).length;
      const cells = [at(0.5), at(0.99), times.at(-1)].map((time) =>
        (time ?? Number.NaN).toFixed(1).padStart(7),
      );
      console.log(
        `${kind.name.padEnd(26)} ${String(answered).padStart(8)} ${String(statuses.length - answered).padStart(8)} ${cells.join(' ')}`,
      );
    }
  } finally {
    prober.disconnect();
  }
}

function endOf(prober: ChildProcess): Promise<number[]> {
  return new Promise((resolve) => {
    prober.once('message', (times) => resolve(times as number[]));
    prober.send('end');
  });
}

/** The status; 0 where there was no answer. A refusal is followed by a short rest. */
function send(url: URL, model: string, { path, type, body }: Heavy): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        path: `/v1/models/${model}/${path}`,
        method: body === undefined ? 'GET' : 'POST',
        agent: new Agent(),
        headers: body === undefined ? {} : { 'content-type': type, 'content-length': body.length },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        response.resume();
        response.on('end', () => setTimeout(() => resolve(status), status === 200 ? 0 : 100));
        response.on('error', () => resolve(0));
      },
    );
    sent.on('error', () => setTimeout(() => resolve(0), 100));
    sent.end(body);
  });
}
