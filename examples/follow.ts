/**
 * Follow a training, cancel it, and continue it later. After `npm ci`: `node examples/follow.ts` on Node 22.18 or
 * later. README.md shows everything below this comment, and test/use/examples.test.ts runs it.
 */
import { resumeTraining, train } from 'hourglass';

const stop = new AbortController(); // stop.abort() from a button, a signal handler or a time limit

const first = await train('quick', {
  epochs: 3,
  signal: stop.signal,
  onEvent(event) {
    if (event.type === 'start') console.log('run', event.folder);
    if (event.type !== 'epoch') return;
    console.log('epoch', event.row.epoch, 'validation loss', event.row.validation.loss);
    if (event.row.epoch === 2) stop.abort();
  },
});
console.log(first.status); // stopped: after the step it was in, with a checkpoint

const run = await resumeTraining(first.folder); // the same bits as without the stop
if (run.status === 'finished') console.log(run.evaluation.diagnosis.verdict);
