/** How long /health takes while clients send the heaviest requests there are: the page of a busy service stays alive. */
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { HealthProbe } from '../../test/attack/health.ts';
import { heavyRequests } from '../../test/attack/heavy.ts';

/** From where this is built to. */
const PROBE = fileURLToPath(new URL('../../../../test/attack/probe.mjs', import.meta.url));

/** Prints a line for each kind of heavy request that a model of that size can get. */
export async function meanwhile(
  url: URL,
  model: string,
  { side, clients, seconds }: { side: number; clients: number; seconds: number },
): Promise<void> {
  const probe = new HealthProbe(PROBE, url.href);
  console.log(
    `/health while ${clients} client(s) ask for the most that the limits allow of a model of ${side} × ${side} RGB, times in ms`,
  );
  console.log('\nrequest                    answered  refused     p50     p99     max');
  try {
    for (const { name, path, make } of heavyRequests(side)) {
      const asked = { path: `/v1/models/${model}/${path}`, ...make?.() };
      probe.begin();
      const end = performance.now() + 1000 * seconds;
      const statuses: number[] = [];
      const client = async () => {
        do statuses.push(await send(url, asked));
        while (performance.now() < end);
      };
      await Promise.all(Array.from({ length: clients }, client));
      const { p50, p99, slowest } = await probe.end();
      const answered = statuses.filter((status) => status === 200).length;
      const cells = [p50, p99, slowest].map((time) => time.toFixed(1).padStart(7));
      console.log(
        `${name.padEnd(26)} ${String(answered).padStart(8)} ${String(statuses.length - answered).padStart(8)} ${cells.join(' ')}`,
      );
    }
  } finally {
    probe.close();
  }
}

interface Asked {
  path: string;
  type?: string;
  body?: Buffer;
}

/** The status; 0 where there was no answer. A refusal is followed by a short rest. */
function send(url: URL, { path, type, body }: Asked): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        path,
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
