/** Where a training stands, and the check of one that was read from a file. */
import * as z from 'zod';
import { HourglassError } from '../errors.ts';

const count = z.int().min(0);
const epochLoss = z.object({ epoch: z.int().min(1), loss: z.number() });

/** Where a training stands: with the trainer's tensors, all that is needed to go on. Plain JSON. */
export const positionSchema = z.object({
  /** Steps taken in all, and within the current epoch. */
  step: count,
  stepInEpoch: count,
  /** Epochs completed. */
  epoch: count,
  /** Sums over the current epoch's images of each loss, for the epoch's means. */
  sums: z.record(z.string(), z.number()),
  /** The epoch (from 1) with the lowest validation loss so far, and that loss. */
  best: epochLoss.nullable(),
  /** The last epoch that counted as an improvement by `earlyStopping.minDelta`. */
  improved: epochLoss.nullable(),
  /** Seconds spent in training steps and in validation, over all sessions of the run. */
  seconds: z.number().min(0),
});

export type Position = z.infer<typeof positionSchema>;

export const BEGINNING: Readonly<Position> = {
  step: 0,
  stepInEpoch: 0,
  epoch: 0,
  sums: {},
  best: null,
  improved: null,
  seconds: 0,
};

/** The training that a position must fit. */
export interface Course {
  epochs: number;
  stepsPerEpoch: number;
  /** `loss`, and then its parts. */
  lossNames: readonly string[];
}

/**
 * The position that a checkpoint holds. A wrong one would go unnoticed: sums that are missing become a loss of NaN, and
 * a step of another epoch other noise and another learning rate.
 * @param source names the file in errors.
 * @throws HourglassError (run) if it is damaged, or of another training.
 */
export function readPosition(value: unknown, course: Course, source: string): Position {
  const refuse = (key: string, rule: string, got: unknown) =>
    new HourglassError('run', {
      subject: source,
      rule: `the position in its checkpoint is damaged or of another training: ${key} ${rule}`,
      got: typeof got === 'object' ? JSON.stringify(got) : got,
    });
  const { data: position, error } = positionSchema.safeParse(value);
  if (position === undefined) {
    const [issue] = error.issues;
    const at = issue!.path.reduce<unknown>(
      (place, key) => (place as Record<PropertyKey, unknown>)?.[key],
      value,
    );
    throw refuse(issue!.path.join('.') || 'it', `is not valid (${issue!.message})`, at);
  }
  const { step, stepInEpoch, epoch, sums, best, improved } = position;
  const { epochs, stepsPerEpoch, lossNames } = course;
  if (epoch > epochs) throw refuse('epoch', `must be at most ${epochs}`, epoch);
  if (stepInEpoch > stepsPerEpoch)
    throw refuse('stepInEpoch', `must be at most ${stepsPerEpoch}`, stepInEpoch);
  const expected = epoch * stepsPerEpoch + stepInEpoch;
  if (step !== expected) throw refuse('step', `must be ${expected}`, step);
  const names = stepInEpoch === 0 ? [] : lossNames;
  if (Object.keys(sums).sort().join() !== [...names].sort().join()) {
    throw refuse('sums', `must have ${names.length === 0 ? 'no loss' : names.join(', ')}`, sums);
  }
  for (const [key, found] of Object.entries({ best, improved })) {
    if ((found === null) !== (epoch === 0))
      throw refuse(key, `must be ${epoch === 0 ? 'null' : 'an epoch'}`, found);
    if (found !== null && found.epoch > epoch)
      throw refuse(`${key}.epoch`, `must be at most ${epoch}`, found.epoch);
  }
  return position;
}
