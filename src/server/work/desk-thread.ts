/** A thread's entry. */
import { parentPort } from 'node:worker_threads';
import { type DeskJob, performAtDesk } from './desk.ts';
import { memoryOf, replyTo } from './jobs.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');
port.on('message', async (job: DeskJob) => {
  const reply = await replyTo(job, performAtDesk);
  port.postMessage(reply, memoryOf(reply));
});
