/**
 * The training loop, top to bottom: epochs of shuffled batches, a validation after each, the best kept in
 * mind, an end when it is time. It emits events and can be left and entered again after any step; it knows no
 * disk and no terminal.
 */
import { HourglassError } from "../errors.js";
import { scheduleFactor } from "./schedules.js";
export const BEGINNING = {
    step: 0,
    stepInEpoch: 0,
    epoch: 0,
    sums: {},
    best: null,
    improved: null,
    seconds: 0,
};
/**
 * Trains until the last epoch, an early stop or an interruption.
 * @throws HourglassError of kind 'diverged' when a loss is NaN or infinite.
 */
export async function* trainingLoop(input) {
    const { trainer, train, validation, settings, signal } = input;
    const { batchSize, epochs, optimiser } = settings;
    const stepsPerEpoch = Math.ceil(train.count / batchSize);
    const position = structuredClone(input.from ?? BEGINNING);
    while (position.epoch < epochs) {
        if (shouldStopEarly(position, settings)) {
            yield { type: 'end', reason: 'early-stopping', position: structuredClone(position) };
            return;
        }
        const epochStart = performance.now();
        const firstStep = position.stepInEpoch;
        const order = trainer.shuffle(train.count, position.epoch);
        let learningRate = optimiser.learningRate;
        while (position.stepInEpoch < stepsPerEpoch) {
            if (signal?.aborted) {
                position.seconds += secondsSince(epochStart);
                yield { type: 'end', reason: 'interrupted', position: structuredClone(position) };
                return;
            }
            const start = position.stepInEpoch * batchSize;
            const batch = order.subarray(start, start + batchSize);
            learningRate =
                optimiser.learningRate * scheduleFactor(settings.schedule, position.step, stepsPerEpoch, epochs);
            const losses = await trainer.step(train, batch, position.step, learningRate);
            requireFinite(losses, position, stepsPerEpoch, 'training', optimiser.learningRate);
            for (const [name, value] of Object.entries(losses)) {
                position.sums[name] = (position.sums[name] ?? 0) + value * batch.length;
            }
            position.step++;
            position.stepInEpoch++;
            const seen = Math.min(position.stepInEpoch * batchSize, train.count);
            yield {
                type: 'step',
                epoch: position.epoch + 1,
                stepInEpoch: position.stepInEpoch,
                stepsPerEpoch,
                losses,
                trainingLoss: position.sums.loss / seen,
                imagesPerSecond: (seen - firstStep * batchSize) / secondsSince(epochStart),
            };
        }
        const trainingSeconds = secondsSince(epochStart);
        const validated = await trainer.evaluate(validation);
        requireFinite(validated, position, stepsPerEpoch, 'validation', optimiser.learningRate);
        position.epoch++;
        const isBest = position.best === null || validated.loss < position.best.loss;
        if (isBest)
            position.best = { epoch: position.epoch, loss: validated.loss };
        const minDelta = settings.earlyStopping?.minDelta ?? 0;
        if (position.improved === null || validated.loss < position.improved.loss - minDelta) {
            position.improved = { epoch: position.epoch, loss: validated.loss };
        }
        const training = mapValues(position.sums, (sum) => sum / train.count);
        position.sums = {};
        position.stepInEpoch = 0;
        const seconds = secondsSince(epochStart);
        position.seconds += seconds;
        const metrics = {
            epoch: position.epoch,
            step: position.step,
            training,
            validation: validated,
            learningRate,
            seconds,
            imagesPerSecond: (train.count - firstStep * batchSize) / trainingSeconds,
        };
        yield { type: 'epoch', metrics, position: structuredClone(position), isBest };
    }
    yield { type: 'end', reason: 'finished', position: structuredClone(position) };
}
function shouldStopEarly({ epoch, improved }, { earlyStopping }) {
    return earlyStopping !== null && improved !== null && epoch - improved.epoch >= earlyStopping.patience;
}
function requireFinite(losses, position, stepsPerEpoch, phase, learningRate) {
    const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (bad === undefined)
        return;
    const seen = position.stepInEpoch === 0 ? 'none in this epoch' : describeMeans(position);
    throw new HourglassError('diverged', {
        subject: `${phase} ${bad[0] === 'loss' ? 'loss' : `loss part '${bad[0]}'`} at epoch ${position.epoch + 1}, step ${position.stepInEpoch + 1} of ${stepsPerEpoch}`,
        rule: `must be a finite number; the last good ones: ${seen}`,
        got: String(bad[1]),
        hint: `try a lower learning rate (training.optimiser.learningRate=${learningRate / 10}) or training.clipNorm=1`,
    });
}
function describeMeans({ sums, stepInEpoch, best }) {
    const total = Object.entries(sums).map(([name, sum]) => `${name} sum ${sum.toPrecision(6)}`);
    const lowest = best === null ? '' : `; lowest validation loss ${best.loss.toPrecision(6)} (epoch ${best.epoch})`;
    return `${total.join(', ')} over ${stepInEpoch} steps${lowest}`;
}
function secondsSince(start) {
    return (performance.now() - start) / 1000;
}
function mapValues(values, change) {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
