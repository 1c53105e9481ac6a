/** The studio with hourglass on Node behind the page. */
import { onNode } from './support/hosts.ts';
import { describeTasks } from './tasks/index.ts';

await describeTasks('with Node behind the page', onNode);
