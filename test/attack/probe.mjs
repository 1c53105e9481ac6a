/**
 * A client in a process of its own that asks for /health again and again: how long others wait while the service works.
 * Its parent starts and ends each measurement by a message; the reply to an end has the times in milliseconds, and
 * infinity for each request that got no answer with status 200.
 */
import { Agent, get } from 'node:http';

const health = new URL('/health', process.argv[2]);
const agent = new Agent({ keepAlive: true });
/** Between an answer and the next request, in milliseconds. */
const PAUSE = 10;

let times = [];
/** When the request began that has no answer yet. */
let began = null;

function ask() {
  const start = performance.now();
  began = start;
  return new Promise((resolve) => {
    const end = (status) => {
      began = null;
      times.push(status === 200 ? performance.now() - start : Number.POSITIVE_INFINITY);
      resolve();
    };
    get(health, { agent }, (response) => response.resume().on('end', () => end(response.statusCode))).on(
      'error',
      () => end(0),
    );
  });
}

process.on('message', (message) => {
  const unanswered = began === null ? [] : [performance.now() - began];
  if (message === 'end') process.send?.([...times, ...unanswered]);
  times = [];
});
process.on('disconnect', () => process.exit());

while (true) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
