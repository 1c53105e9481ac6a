/**
 * The linear probe: how well the classes can be told apart by a linear classifier that sees nothing but the
 * features. This is the usual measure of how much a code, learned without labels, has kept of them.
 */
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { type LabelledFeatures, requireFeatures, requireSameWidth } from './features.ts';
import { minimise } from './lbfgs.ts';
import { coefficientCount, openCrossEntropy, predictions } from './logistic.ts';
import { measureStandard, type Standard, standardise } from './standardise.ts';

/** How a linear probe is fitted. */
export interface ProbeSettings {
  /** Weight decay: l2 / 2 · ‖W‖² is added to the mean cross-entropy. Default 0.0001: scarcely felt, and the minimum is one. */
  l2?: number;
  /** The search ends where no component of the gradient is larger. Default 0.0001. */
  tolerance?: number;
  /** The most steps. Default 500. */
  maxIterations?: number;
}

/** A linear probe: multinomial logistic regression on standardised features, and its accuracy. */
export interface ProbeResult extends Required<ProbeSettings> {
  /** Part of the test rows whose most probable class is theirs, 0 to 1. */
  accuracy: number;
  /** The same on the rows it was fitted on. */
  trainingAccuracy: number;
  /** What was minimised: mean cross-entropy in nats and decay, on the training rows. */
  loss: number;
  /** Steps of the search. */
  iterations: number;
  /** Whether the gradient came below the tolerance; where not, the accuracy is that of the last step. */
  converged: boolean;
  /** All of this in words. */
  definition: string;
}

/** Rows standardised at once for a prediction. */
const ROWS = 1024;

/**
 * Fits a multinomial logistic regression on `train` and counts its hits on `test`. Convex and deterministic: the
 * result depends on no seed, and is the same bits for the same input and threads.
 * @throws HourglassError of kind 'data' for features and labels that do not fit one another; of kind 'usage' for
 * a setting out of range.
 */
export async function linearProbe(
  engine: Engine,
  input: {
    train: LabelledFeatures;
    test: LabelledFeatures;
    classes: number;
    threads: number;
  } & ProbeSettings,
): Promise<ProbeResult> {
  const { train, test, classes, threads, l2 = 1e-4, tolerance = 1e-4, maxIterations = 500 } = input;
  const settings = { l2, tolerance, maxIterations };
  requireSettings({ classes, ...settings });
  requireFeatures('linear probe, training features', train, classes);
  requireFeatures('linear probe, test features', test, classes);
  requireSameWidth('linear probe', input);

  const size = { width: train.width, classes };
  const standard = measureStandard(train.features, train.width);
  const rows = new Float32Array(train.features.length);
  standardise(standard, train.features, rows);
  const fit = await openCrossEntropy(engine, rows, train.labels, size, { l2, threads });
  try {
    const start = new Float64Array(coefficientCount(size));
    const { point, value, iterations, converged } = await minimise(fit.objective, start, settings);
    const accuracyOn = async ({ features, labels, count }: LabelledFeatures) => {
      let hits = 0;
      let row = 0;
      for await (const k of predictions(engine, standardPieces(standard, features), point, size, threads)) {
        if (k === labels[row++]) hits++;
      }
      return hits / count;
    };
    return {
      accuracy: await accuracyOn(test),
      trainingAccuracy: await accuracyOn(train),
      loss: value,
      iterations,
      converged,
      ...settings,
      definition: definitionOf(settings),
    };
  } finally {
    await fit.dispose();
  }
}

function definitionOf({ l2, tolerance, maxIterations }: Required<ProbeSettings>): string {
  return (
    'share of the held-out images that multinomial logistic regression classifies correctly; the codes are standardised ' +
    "with the training images' mean and standard deviation, and the mean cross-entropy in nats " +
    `+ ${l2} / 2 · (sum of squared weights, without biases) is minimised by L-BFGS until no component of the ` +
    `gradient exceeds ${tolerance}, in at most ${maxIterations} steps`
  );
}

/** Each piece is good until the next is asked for. */
function* standardPieces(standard: Standard, features: Float32Array): Generator<Float32Array> {
  const piece = new Float32Array(ROWS * standard.mean.length);
  for (let start = 0; start < features.length; start += piece.length) {
    const raw = features.subarray(start, start + piece.length);
    standardise(standard, raw, piece);
    yield piece.subarray(0, raw.length);
  }
}

function requireSettings({
  classes,
  l2,
  tolerance,
  maxIterations,
}: Required<ProbeSettings> & { classes: number }) {
  const check = (name: string, valid: boolean, rule: string, got: number) => {
    if (!valid) throw new HourglassError('usage', { subject: `linear probe, ${name}`, rule, got });
  };
  check('classes', Number.isInteger(classes) && classes > 0, 'must be a positive integer', classes);
  check('l2', l2 >= 0 && l2 < Infinity, 'must be a number of 0 or more', l2);
  check('tolerance', tolerance > 0 && tolerance < Infinity, 'must be a positive number', tolerance);
  check(
    'maxIterations',
    Number.isInteger(maxIterations) && maxIterations > 0,
    'must be a positive integer',
    maxIterations,
  );
}
