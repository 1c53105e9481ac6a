/** Rows in a page: trained from arrays as in Node, and used in the units of their columns. */
import { afterAll, describe, expect, test } from 'vitest';
import { openSites } from '../support/site.ts';

interface InPage {
  columns: string[];
  r2: number[];
  codes: number[];
  shape: number[];
  flagged: boolean[];
  most: number;
  refused: string[];
}

const sites = await openSites();
afterAll(async () => {
  if (typeof sites !== 'string') await sites.close();
});
const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

describe.skipIf(typeof sites === 'string')(`rows in Chromium${skipped}`, () => {
  test('an array is trained on, may be changed at once, and odd rows are found with their column', async () => {
    if (typeof sites === 'string') throw new Error(sites);
    const page = await (await sites.site({})).open();
    const found = (await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: the module, within the page
      const { hourglass } = globalThis as any;
      // Three columns of different units; the last is the sum of the others.
      const row = (i: number) => [
        500 + 100 * Math.sin(i),
        Math.cos(2.3 * i),
        500 + 100 * Math.sin(i) + Math.cos(2.3 * i),
      ];
      const train = Float32Array.from(Array.from({ length: 400 }, (_, i) => row(i)).flat());
      const data = { train, shape: [3], columns: ['a', 'b', 'sum'] };
      const running = hourglass.train('table', { data, threads: 1, epochs: 40 });
      train.fill(Number.NaN);
      const run = await running;
      const model = await hourglass.loadModel(run.model);
      const later = [row(1000.5), [500, 0.5, 900]];
      const { shape, data: codes } = await model.encode(later);
      const { flagged, contributions } = await hourglass.anomaly(model, later);
      const own = [...contributions.data.subarray(3)];
      const refused = await Promise.all(
        [
          model.encode([[1, 2, Number.NaN]]),
          hourglass.train('table', { data: { train: [[1, 2], [3]] } }),
        ].map((call) =>
          call.then(
            () => 'not refused',
            (error: Error) => error.message,
          ),
        ),
      );
      await model.dispose();
      return {
        columns: model.info.rows.columns,
        // biome-ignore lint/suspicious/noExplicitAny: a figure within the page
        r2: run.evaluation.columns.map(({ r2 }: any) => r2),
        codes: [...codes],
        shape,
        flagged,
        most: own.indexOf(Math.max(...own)),
        refused,
      };
    })) as InPage;
    expect(found).toMatchObject({
      columns: ['a', 'b', 'sum'],
      shape: [2, expect.any(Number)],
      flagged: [false, true],
    });
    expect(Math.min(...found.r2)).toBeGreaterThan(0.7);
    expect(found.codes.every(Number.isFinite)).toBe(true);
    // The first column and the sum contradict one another.
    expect(found.most).not.toBe(1);
    expect(found.refused).toEqual([
      expect.stringContaining('row 0, column sum'),
      expect.stringContaining('data.train'),
    ]);
  }, 120_000);
});
