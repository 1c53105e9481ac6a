/** All that one does in the studio, by mouse, by keyboard and by touch; the same for both hosts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import type { Hosted } from '../support/hosts.ts';
import { Studio } from '../support/studio.ts';
import { compareTasks } from './compare.ts';
import { exploreTasks } from './explore.ts';
import { learnTasks } from './learn.ts';
import { longRunTasks } from './long-run.ts';
import { rowTasks } from './rows.ts';
import { senseTasks } from './senses.ts';
import { trainTasks } from './train.ts';
import { troubleTasks } from './trouble.ts';
import { tryTasks } from './try.ts';

type Tasks = Readonly<Record<string, (studio: () => Studio) => void>>;

const TASKS: Tasks = {
  Train: trainTasks,
  Explore: exploreTasks,
  Try: tryTasks,
  rows: rowTasks,
  Compare: compareTasks,
  Learn: learnTasks,
  trouble: troubleTasks,
  'a long run': longRunTasks,
};

/** Of the page alone, whatever is behind it. */
export const PAGE_TASKS: Tasks = { senses: senseTasks };

/** What a browser says of requests that the tests let fail. */
const EXPECTED =
  /status of (404|409|422)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE|ERR_NETWORK/;

export async function describeTasks(
  name: string,
  host: () => Promise<Hosted>,
  more: Tasks = {},
): Promise<void> {
  const started = await startBrowser();
  const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';
  describe.skipIf(typeof started === 'string')(`${name}${skipped}`, () => {
    let studio: Studio;
    beforeAll(async () => {
      if (typeof started !== 'string') studio = await Studio.start(started, host);
    }, 300_000);
    afterAll(async () => {
      await studio?.close();
      if (typeof started !== 'string') await started.close();
    });
    for (const [view, tasks] of Object.entries({ ...TASKS, ...more }))
      describe(view, () => tasks(() => studio));

    test('the browser has nothing to complain about', () => {
      expect(studio.complaints.filter((text) => !EXPECTED.test(text))).toEqual([]);
    });
  });
}
