/**
 * A client in a process of its own that asks for /health again and again: how long others wait while the service works.
 * Its parent starts and ends each measurement by a message; the reply to an end has the times in milliseconds.
 */
import { Agent, get } from 'node:http';

const health = new URL('/health', process.argv[2]);
const agent = new Agent({ keepAlive: true });
/** Between an answer and the next request, in milliseconds. */
const PAUSE = 10;

let times: number[] = [];

function ask(): Promise<void> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    get(health, { agent }, (response) => {
      response.resume().on('end', () => {
        times.push(performance.now() - start);
        resolve();
      });
    }).on('error', reject);
  });
}

process.on('message', (message) => {
  if (message === 'end') process.send?.(times);
  times = [];
});
process.on('disconnect', () => process.exit());

while (true) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
