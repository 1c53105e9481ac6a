/** `hourglass/web` in a browser: what it trains there is what Node trains, and what it says is what Node says. */
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../dist/node/engine/index.js';
import { contentOfOne } from '../../src/model/content.ts';
import { openModel } from '../../src/model/open.ts';
import type { PageTrainResult } from '../../src/web/page/train.ts';
import { COUNTS, images, onNode, pixels, type Row, SHAPE } from '../support/page-training.ts';
import { ISOLATED, openSites, type SiteFiles } from '../support/site.ts';

/** What the page does: trains, and opens what it trained. */
interface InPage {
  rows: Row[];
  events: string[];
  names: string[];
  /** The file in base64. */
  encoder: string;
  codes: number[];
  isolated: boolean;
}

const sites = await openSites();
afterAll(async () => {
  if (typeof sites !== 'string') await sites.close();
});
const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

describe.skipIf(typeof sites === 'string')(`hourglass/web in Chromium${skipped}`, () => {
  const change = (files: SiteFiles) => files.set('/images.bin', images);
  async function open(headers: Readonly<Record<string, string>> = {}, address?: string): Promise<Page> {
    if (typeof sites === 'string') throw new Error(sites);
    return (await sites.site({ headers, change })).open(address);
  }

  const trainInPage = (page: Page, recipe: string, set: Record<string, unknown>): Promise<InPage> =>
    page.evaluate(
      async ({ recipe, set, train, shape }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the module, within the page
        const { hourglass } = globalThis as any;
        const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
        const end = train * shape.height * shape.width;
        const events: string[] = [];
        // biome-ignore lint/suspicious/noExplicitAny: events within the page
        const rows: any[] = [];
        const run = await hourglass.train(recipe, {
          data: { ...shape, images: bytes.subarray(0, end), test: { images: bytes.subarray(end) } },
          set,
          threads: 2,
          // biome-ignore lint/suspicious/noExplicitAny: events within the page
          onEvent: (event: any) => {
            if (events.at(-1) !== event.type) events.push(event.type);
            if (event.type === 'epoch') rows.push(event.row);
          },
        });
        const model = await hourglass.loadModel(run.model);
        const codes = await model.encode(bytes.subarray(0, 2 * shape.height * shape.width));
        await model.dispose();
        const encoder = await new Promise<string>((resolve) => {
          // biome-ignore lint/suspicious/noExplicitAny: a class of the page
          const reader = new (globalThis as any).FileReader();
          reader.onload = () => resolve(reader.result.split(',')[1]);
          reader.readAsDataURL(new Blob([run.model.get('encoder.onnx')]));
        });
        return {
          rows,
          events,
          names: [...run.model.keys()],
          encoder,
          codes: [...codes.data],
          isolated: (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true,
        };
      },
      { recipe, set, train: COUNTS.train, shape: SHAPE },
    );

  const near = (found: number, expected: number) =>
    expect(Math.abs(found - expected) / Math.abs(expected)).toBeLessThan(1e-4);

  test('vae is trained as on Node in a page that is cross-origin isolated', async () => {
    const [recipe, headers] = ['vae', ISOLATED];
    const set = { 'training.epochs': 1, 'training.batchSize': 32, adapt: false };
    const page = await open(headers);
    const [found, expected] = [await trainInPage(page, recipe, set), await onNode(recipe, set)];
    expect(found.isolated).toBe(Object.keys(headers).length > 0);
    expect(found.events[0]).toBe('start');
    expect(found.events).toContain('epoch');
    expect(found.events.at(-1)).toBe('finished');
    expect(found.rows.length).toBe(1);
    near(found.rows[0]!.training.loss, expected.rows[0]!.training.loss);
    near(found.rows[0]!.validation.loss, expected.rows[0]!.validation.loss);
    // The model that the page made, opened by Node, gives the codes that the page gets.
    expect(found.names).toEqual([...expected.model.keys()]);
    const content = contentOfOne('page', Buffer.from(found.encoder, 'base64'), 'encoder.onnx');
    const model = await openModel(nodeEngine, content, { threads: 1 });
    const codes = await model.encode(images.subarray(0, 2 * pixels));
    for (const [i, code] of codes.data.entries()) expect(found.codes[i]).toBeCloseTo(code, 4);
    await model.dispose();
    await page.close();
  });

  test('what cannot be done is an error in words, and nothing else is broken', async () => {
    const page = await open();
    const messages = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: the module, within the page
      const { hourglass } = globalThis as any;
      const said = async (call: () => Promise<unknown>) => {
        try {
          await call();
          return 'no error';
        } catch (error) {
          return `${error instanceof hourglass.HourglassError} ${(error as Error).message}`;
        }
      };
      const stop = new AbortController();
      stop.abort();
      const stopped = (await hourglass.train('vae', {
        data: { images: new Uint8Array(64 * 144), height: 12, width: 12 },
        signal: stop.signal,
      })) as PageTrainResult;
      return [
        await said(() => hourglass.train('vaee', { data: 'mnist-10k' })),
        await said(() =>
          hourglass.train('vae', { data: { images: new Uint8Array(5), height: 2, width: 2 } }),
        ),
        await said(() => hourglass.train('quick', { data: 'mnist-10k', epochs: 0 })),
        await said(() => hourglass.loadModel('/nowhere')),
        await said(() => hourglass.loadModel(new Uint8Array(100))),
        stopped.status,
      ];
    });
    expect(messages[0]).toMatch(/^true recipe: must be one of .*, got vaee; did you mean vae\?$/);
    expect(messages[1]).toMatch(/^true data\.images: must have 1 · 2 · 2 = 4 bytes for each image/);
    expect(messages[2]).toMatch(/^true .*training\.epochs/);
    expect(messages[3]).toMatch(/^true http.*\/nowhere\/: must be a model's folder, or that of a run/);
    expect(messages[4]).toMatch(/^true model: /);
    expect(messages[5]).toBe('stopped');
    await page.close();
  });

  test('a training is paused, stopped and resumed, and ends with the bits of one that was not', async () => {
    const page = await open();
    const { held, statuses, same } = await page.evaluate(async (shape) => {
      // biome-ignore lint/suspicious/noExplicitAny: the module, within the page
      const { hourglass } = globalThis as any;
      const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
      const data = { ...shape, images: bytes };
      const options = { data, epochs: 2, threads: 1, set: { 'training.batchSize': 32, adapt: false } };
      const whole = await hourglass.train('quick', options);
      const stop = new AbortController();
      let control: { pause(): void; resume(): void } | undefined;
      let events = 0;
      let held = false;
      const stopped = await hourglass.train('quick', {
        ...options,
        signal: stop.signal,
        onStart: (given: typeof control) => {
          control = given;
        },
        onEvent: ({ type }: { type: string }) => {
          events++;
          if (type !== 'epoch') return;
          control?.pause();
          // The step that it is in may still end.
          const watch = (before: number) =>
            setTimeout(() => {
              held = events === before;
              if (held) stop.abort();
              else watch(events);
            }, 500);
          watch(events);
        },
      });
      const resumed = await hourglass.resumeTraining(stopped.files, { data });
      const [one, other] = [whole.model, resumed.model].map((files) => files.get('weights.safetensors'));
      return {
        held,
        statuses: [whole.status, stopped.status, resumed.status],
        same: one.length === other.length && one.every((byte: number, i: number) => byte === other[i]),
      };
    }, SHAPE);
    expect(statuses).toEqual(['finished', 'stopped', 'finished']);
    expect(held).toBe(true);
    expect(same).toBe(true);
    await page.close();
  });

  test('the example trains on the digits and draws the plane of the codes', async () => {
    const page = await open({}, '/examples/web/index.html?epochs=1');
    await page.click('#train');
    // It ends with the verdict on the model.
    await page.waitForFunction(
      "document.querySelector('#train').disabled === false && !/epoch|measuring/.test(document.querySelector('#state').value)",
    );
    const [state, brightest] = (await page.evaluate(`[
      document.querySelector('#state').value,
      Math.max(...document.querySelector('#plane').getContext('2d').getImageData(0, 0, 280, 280).data.filter((_, i) => i % 4 === 0)),
    ]`)) as [string, number];
    expect(state).toMatch(/PCA/);
    expect(brightest).toBeGreaterThan(100);
    await page.close();
  });

  test('nothing was written to the console', () => {
    // A folder without a model is asked for its files.
    expect(
      typeof sites !== 'string' && sites.complaints.filter((line) => !line.includes('/nowhere/')),
    ).toEqual([]);
  });
});
