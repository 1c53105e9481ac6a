/**
 * The training loop, top to bottom: epochs of shuffled batches, a validation after each, the best kept in
 * mind, an end when it is time. It emits events and can be left and entered again after any step; it knows no
 * disk and no terminal.
 */
import { HourglassError } from '../errors.ts';
import type { Source } from '../samples/index.ts';
import { batchesOf } from './batches.ts';
import { epochOrder } from './epoch-order.ts';
import { BEGINNING, type Position } from './position.ts';
import { baseRate, scheduleFactor } from './schedules.ts';
import type { TrainingSettings } from './settings.ts';
import type { Trainer } from './trainer.ts';
import type { Losses } from './workspace.ts';

export interface EpochMetrics {
  /** From 1. */
  epoch: number;
  step: number;
  /** Means over the epoch's images, as they were when each was trained on (dropout on). */
  training: Losses;
  /** Means over the validation images after the epoch (dropout off). */
  validation: Losses;
  learningRate: number;
  /** Seconds of this epoch, its validation included. */
  seconds: number;
  /** Training images per second, validation not counted. */
  imagesPerSecond: number;
}

export type TrainingEvent =
  | {
      type: 'step';
      epoch: number;
      /** Steps taken in all, this one included. */
      step: number;
      stepInEpoch: number;
      stepsPerEpoch: number;
      /** Values of this batch. */
      losses: Losses;
      learningRate: number;
      /** The mean loss of the epoch so far. */
      trainingLoss: number;
      imagesPerSecond: number;
      /** Where the training stands after this step, for a checkpoint. */
      position: () => Position;
    }
  | { type: 'epoch'; metrics: EpochMetrics; position: Position; isBest: boolean }
  | { type: 'end'; reason: 'finished' | 'early-stopping' | 'interrupted'; position: Position };

export interface LoopInput {
  trainer: Trainer;
  train: Source;
  validation: Source;
  settings: TrainingSettings;
  from?: Position;
  /** Waited for before each step, from 0: `settings.rateChanges` may change in it. Its time does not count as training. */
  beforeStep?: (place: { epoch: number; step: number }) => Promise<void>;
  /** Asks the loop to end after the step it is in. */
  signal?: AbortSignal;
}

/**
 * Trains until the last epoch, an early stop or an interruption.
 * @throws HourglassError of kind 'diverged' when a loss is NaN or infinite.
 */
export async function* trainingLoop(input: LoopInput): AsyncGenerator<TrainingEvent, void, void> {
  const { trainer, train, validation, settings, signal, beforeStep } = input;
  const { epochs, optimiser } = settings;
  const batches = batchesOf(train.count, settings.batchSize, trainer.needsPairs);
  const stepsPerEpoch = batches.count;
  const position: Position = structuredClone(input.from ?? BEGINNING);
  let lastGood: number | undefined;
  let first: number | undefined;

  while (position.epoch < epochs) {
    if (shouldStopEarly(position, settings)) {
      yield { type: 'end', reason: 'early-stopping', position: structuredClone(position) };
      return;
    }
    let epochStart = performance.now();
    const firstStep = position.stepInEpoch;
    const samples = train.ofEpoch?.(position.epoch) ?? train;
    const order = epochOrder(train, position.epoch, trainer.shuffle);
    const batchAt = (step: number) => order.subarray(batches.start(step), batches.end(step));
    let learningRate = optimiser.learningRate;

    while (position.stepInEpoch < stepsPerEpoch) {
      const waited = performance.now();
      await beforeStep?.({ epoch: position.epoch + 1, step: position.step });
      epochStart += performance.now() - waited;
      if (signal?.aborted) {
        position.seconds += secondsSince(epochStart);
        yield { type: 'end', reason: 'interrupted', position: structuredClone(position) };
        return;
      }
      const batch = batchAt(position.stepInEpoch);
      const base = baseRate(settings, position.step);
      learningRate = base * scheduleFactor(settings.schedule, position.step, stepsPerEpoch, epochs);
      const epochsBefore = position.step / stepsPerEpoch;
      const isLast = position.stepInEpoch + 1 === stepsPerEpoch;
      const next = isLast ? {} : { next: batchAt(position.stepInEpoch + 1) };
      const place = { step: position.step, epochs: epochsBefore, learningRate, ...next };
      const losses = await trainer.step(samples, batch, place);
      requireFinite(losses, position, stepsPerEpoch, 'training', base, lastGood);
      lastGood = losses.loss;
      first ??= losses.loss;
      for (const [name, value] of Object.entries(losses)) {
        position.sums[name] = (position.sums[name] ?? 0) + value * batch.length;
      }
      position.step++;
      position.stepInEpoch++;
      const seen = batches.start(position.stepInEpoch);
      yield {
        type: 'step',
        epoch: position.epoch + 1,
        step: position.step,
        stepInEpoch: position.stepInEpoch,
        stepsPerEpoch,
        losses,
        learningRate,
        trainingLoss: position.sums.loss! / seen,
        imagesPerSecond: (seen - batches.start(firstStep)) / secondsSince(epochStart),
        position: () => ({
          ...structuredClone(position),
          seconds: position.seconds + secondsSince(epochStart),
        }),
      };
    }

    const trainingSeconds = secondsSince(epochStart);
    const validated = await trainer.evaluate(validation);
    const base = baseRate(settings, position.step - 1);
    requireFinite(validated, position, stepsPerEpoch, 'validation', base, lastGood);
    const training = mapValues(position.sums, (sum) => sum / train.count);
    const before = Math.min(
      ...[position.best?.loss, first].filter((loss) => loss !== undefined).map(Math.abs),
    );
    requireNear(before, training.loss!, validated.loss!, position.epoch + 1, base);
    position.epoch++;
    const isBest = position.best === null || validated.loss! < position.best.loss;
    if (isBest) position.best = { epoch: position.epoch, loss: validated.loss! };
    const minDelta = settings.earlyStopping?.minDelta ?? 0;
    if (position.improved === null || validated.loss! < position.improved.loss - minDelta) {
      position.improved = { epoch: position.epoch, loss: validated.loss! };
    }
    position.sums = {};
    position.stepInEpoch = 0;
    const seconds = secondsSince(epochStart);
    position.seconds += seconds;
    const metrics: EpochMetrics = {
      epoch: position.epoch,
      step: position.step,
      training,
      validation: validated,
      learningRate,
      seconds,
      imagesPerSecond: (train.count - batches.start(firstStep)) / trainingSeconds,
    };
    yield { type: 'epoch', metrics, position: structuredClone(position), isBest };
  }
  yield { type: 'end', reason: 'finished', position: structuredClone(position) };
}

function shouldStopEarly({ epoch, improved }: Position, { earlyStopping }: TrainingSettings): boolean {
  return earlyStopping !== null && improved !== null && epoch - improved.epoch >= earlyStopping.patience;
}

function requireFinite(
  losses: Losses,
  position: Position,
  stepsPerEpoch: number,
  phase: 'training' | 'validation',
  learningRate: number,
  lastGood: number | undefined,
): void {
  const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (bad === undefined) return;
  const place = `epoch ${position.epoch + 1}, step ${position.stepInEpoch + (phase === 'training' ? 1 : 0)} of ${stepsPerEpoch}`;
  throw new HourglassError('diverged', {
    subject: `${phase} ${bad[0] === 'loss' ? 'loss' : `loss part '${bad[0]}'`} at ${place}`,
    rule: `must be a finite number (the last good one: ${lastGood ?? 'none'})`,
    got: String(bad[1]),
    hint: `try a lower learning rate (training.optimiser.learningRate=${lower(learningRate)}) or training.clipNorm=1`,
  });
}

/** A loss this many times as high as it was, at the end of an epoch, does not come back. */
const EXPLODED = 1e4;

/** An explosion short of infinity: the weights are useless, and further epochs would be wasted. */
function requireNear(
  before: number,
  training: number,
  validation: number,
  epoch: number,
  learningRate: number,
): void {
  const limit = EXPLODED * Math.max(1, before);
  const [name, value] = training > limit ? ['training', training] : ['validation', validation];
  if (!(value > limit)) return;
  throw new HourglassError('diverged', {
    subject: `mean ${name} loss of epoch ${epoch}`,
    rule: `must not exceed ${EXPLODED.toLocaleString('en')} times the loss at the start (${Number(before.toPrecision(4))})`,
    got: value.toExponential(3),
    hint: `try a lower learning rate (training.optimiser.learningRate=${lower(learningRate)}) or training.clipNorm=1`,
  });
}

/** A tenth, but no more than a rate that any optimiser bears. */
const lower = (learningRate: number): number => Number(Math.min(learningRate / 10, 0.01).toPrecision(3));

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function mapValues(values: Losses, change: (value: number) => number): Losses {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
