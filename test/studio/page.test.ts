/** The studio as `--export` writes it: nothing is behind the page. */
import { inPage } from './support/hosts.ts';
import { describeTasks, PAGE_TASKS } from './tasks/index.ts';

await describeTasks('wholly in the page', inPage, PAGE_TASKS);
