/** A run of 100,000 steps: the page's memory stays as it is after 10,000. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Studio } from '../support/studio.ts';

const STEPS_OF_EPOCH = 100;
const EPOCHS_OF_SNAPSHOT = 10;
/** Steps after which the memory is measured. */
const MARKS = [10_000, 50_000, 100_000] as const;
/** Bytes by which it may grow from the first mark to the last: the rows of 900 epochs, and what a browser keeps by itself. */
const MOST_GROWTH = 6e6;

// biome-ignore lint/suspicious/noExplicitAny: messages as they come from the server
type Message = any;

/** The first messages of a run, as the server sends them to one who comes late. */
async function messagesOf(studio: Studio, id: string): Promise<Message[]> {
  const stop = new AbortController();
  const { body } = await fetch(`${studio.hosted.url}api/runs/${id}/events`, { signal: stop.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('{"type":"state"')) break;
  }
  stop.abort();
  return text
    .split('\n\n')
    .filter((part) => part.startsWith('data: '))
    .map((part) => JSON.parse(part.slice(6)));
}

/** What a server sends that trained a run from one step to another: what there was, every step, and what comes with epochs. */
function stream(messages: readonly Message[], from: number, to: number): string {
  const event = (type: string) => messages.find((message) => message.event?.type === type).event;
  const [start, first, step] = ['start', 'epoch', 'step'].map(event);
  const snapshot = messages.find(({ type }) => type === 'snapshot').snapshot;
  const parts: string[] = [];
  const send = (message: Message) => parts.push(`data: ${JSON.stringify(message)}\n\n`);
  const lossAt = (epoch: number) => 100 + 100 / epoch + 5 * Math.sin(epoch / 7);
  const row = (epoch: number) => ({
    ...{ ...first, type: 'epoch' },
    row: {
      ...{ ...first.row, epoch, step: epoch * STEPS_OF_EPOCH },
      training: { ...first.row.training, loss: lossAt(epoch) },
    },
  });
  send({ type: 'event', event: { ...start, epochs: MARKS.at(-1)! / STEPS_OF_EPOCH } });
  for (let epoch = 1; epoch <= from / STEPS_OF_EPOCH; epoch++) send({ type: 'event', event: row(epoch) });
  send({ type: 'state', state: 'running' });
  for (let done = from + 1; done <= to; done++) {
    const epoch = Math.ceil(done / STEPS_OF_EPOCH);
    const at = { epoch, step: done - (epoch - 1) * STEPS_OF_EPOCH, steps: STEPS_OF_EPOCH };
    send({ type: 'event', event: { ...step, ...at, trainingLoss: lossAt(epoch) } });
    if (at.step < STEPS_OF_EPOCH) continue;
    send({ type: 'event', event: row(epoch) });
    if (epoch % EPOCHS_OF_SNAPSHOT === 0)
      send({ type: 'snapshot', snapshot: { ...snapshot, epoch, step: done } });
  }
  if (to === MARKS.at(-1)) send({ type: 'state', state: 'stopped' });
  // A stream that ends is asked for again, after so many milliseconds.
  return `retry: 200\n\n${parts.join('')}`;
}

async function heapOf(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.enable');
  for (let i = 0; i < 3; i++) await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  await client.detach();
  return usedSize;
}

export function longRunTasks(studio: () => Studio): void {
  test('100,000 steps: all arrive, curves are thinned, and memory stays flat', async () => {
    // What the page makes of messages is the same for both hosts; only Node's come over a line that a test can replace.
    if (studio().kind === 'page') return;
    const id = studio().ids.plane;
    const messages = await messagesOf(studio(), id);
    const page = await studio().open('learn');
    const marks: number[] = [];
    let sent = 0;
    await page.route(`**/api/runs/${id}/events`, async (route) => {
      const part = sent++;
      // The next part is sent when the one before has been measured.
      while (marks.length < part) await new Promise((resolve) => setTimeout(resolve, 50));
      const body = stream(messages, MARKS[part - 1] ?? 0, MARKS[part]!);
      await route.fulfill({ contentType: 'text/event-stream', body });
    });
    for (const mark of MARKS) {
      if (mark === MARKS[0]) await page.goto(`${studio().hosted.url}#train?run=${id}`);
      await expect
        .poll(() => page.locator('.numbers').textContent(), { timeout: 60_000 })
        .toContain(`Steps${mark.toLocaleString('en')}`);
      marks.push(await heapOf(page));
    }
    expect(await page.locator('.state').textContent()).toBe('Stopped');
    expect(marks[2]! - marks[0]!).toBeLessThan(MOST_GROWTH);
    const began = performance.now();
    await page.getByText('About this run').click();
    await page.locator('.notes li').first().waitFor();
    expect(performance.now() - began).toBeLessThan(10_000);
    await page.close();
  });
}
