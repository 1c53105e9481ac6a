/** A sweep's folder `tensorboard`, for the HParams dashboard: written from the journal, a folder for each trial that has ended. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodeStart, encodeSummaries } from '../../codecs/tensorboard/index.ts';
import { type EventLog, openEventLog } from '../../store/index.ts';
import type { Stepped } from '../../views/tensorboard/sweep.ts';
import { readPlan, trialPath } from './folder.ts';
import { StudyFile } from './study-file.ts';

export interface SweepBoard {
  /** Writes the trials that have ended and are not there yet. @throws HourglassError (run) if they cannot be written. */
  update(): Promise<void>;
}

export async function openSweepBoard(folder: string): Promise<SweepBoard> {
  const plan = await readPlan(folder);
  // Drawing is not loaded with the library.
  const { secondsOf, sweepExperiment, trialSummaries } = await import('../../views/tensorboard/sweep.ts');
  const place = join(folder, 'tensorboard');
  const study = await StudyFile.follow(folder, plan);
  /** Trials that were looked at and have ended. */
  const done = new Set<number>();
  let last: Promise<unknown> = Promise.resolve();
  const write = async () => {
    if (!existsSync(place)) writeEvents(place, secondsOf(plan.createdAt), [[0, [sweepExperiment(plan)]]]);
    for (const trial of (await study.read())?.trials ?? []) {
      const { id, state, number, ended } = trial;
      if (done.has(id) || state === 'running' || state === 'waiting') continue;
      const own = join(place, basename(trialPath(number)));
      if (!existsSync(own)) writeEvents(own, secondsOf(ended), trialSummaries(plan, trial));
      done.add(id);
    }
  };
  return {
    update() {
      const done = last.then(write);
      last = done.catch(() => {});
      return done;
    },
  };
}

/** All at once, so that what a killed process leaves is whole. */
function writeEvents(place: string, wallTime: number, all: readonly Stepped[]): void {
  const log: EventLog = openEventLog(place);
  const announced = new Set<string>();
  try {
    log.append(encodeStart({ wallTime, step: 0 }));
    for (const [step, values] of all) log.append(encodeSummaries({ wallTime, step }, values, announced));
    log.flush();
  } finally {
    log.close();
  }
}
