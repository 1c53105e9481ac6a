/**
 * A sweep as TensorBoard's HParams dashboard shows it: the settings that vary with their values, the objectives, and each
 * trial with its own values, its curve and its end.
 */
import {
  type Hparam,
  type HparamValue,
  hparamsEnd,
  hparamsExperiment,
  hparamsStart,
  type Metric,
  type SummaryValue,
  scalar,
} from '../../codecs/tensorboard/index.ts';
import { type Plan, type Setting, shortNames, type Trial, type Value, valuesOf } from '../../sweeps/index.ts';

const CURVE = 'validation/loss';
const objectiveTag = (key: string): string => `objective/${key}`;

/** What varies and what is compared, written once in the sweep's own folder. */
export function sweepExperiment(plan: Plan): SummaryValue {
  const names = shortNames(plan.space.map(({ path }) => path));
  const hparams = plan.space.map(
    (setting): Hparam => ({
      ...{ name: setting.path, displayName: names.get(setting.path)! },
      ...typeOf(setting),
    }),
  );
  const metrics = [
    ...plan.objectives.map(
      (key): Metric => ({
        tag: objectiveTag(key),
        displayName: `${key}, the objective`,
        dataset: 'validation',
      }),
    ),
    { tag: CURVE, displayName: 'validation loss, last epoch', dataset: 'validation' } satisfies Metric,
  ];
  return hparamsExperiment({ name: plan.name, created: Date.parse(plan.createdAt) / 1000, hparams, metrics });
}

/** A summary and its step; all have the time of the trial's end, as the journal has no other. */
export type Stepped = readonly [step: number, values: readonly SummaryValue[]];

/** A trial that has ended: its values at step 0, its loss after each epoch, its objectives at the last one. */
export function trialSummaries(plan: Plan, trial: Trial): Stepped[] {
  const { intermediate, values, state, started, ended } = trial;
  const last = Math.max(0, ...intermediate.keys());
  return [
    [0, [hparamsStart(hparamValues(plan, trial), { started: secondsOf(started) })]],
    ...[...intermediate].map(([epoch, loss]): Stepped => [epoch, [scalar(CURVE, loss)]]),
    [
      last,
      [
        ...plan.objectives.flatMap((key, i) =>
          values?.[i] === undefined ? [] : [scalar(objectiveTag(key), values[i])],
        ),
        hparamsEnd(state === 'failed' ? 'failure' : 'success', secondsOf(ended)),
      ],
    ],
  ];
}

export const secondsOf = (time: string | null): number => (time === null ? 0 : Date.parse(time) / 1000);

function hparamValues({ space }: Plan, { point }: Trial): Record<string, HparamValue> {
  const words = new Set(space.filter((one) => typeOf(one).type === 'string').map(({ path }) => path));
  return Object.fromEntries(
    Object.entries(valuesOf(space, point)).map(([path, value]) => [
      path,
      words.has(path) ? wordOf(value) : (value as HparamValue),
    ]),
  );
}

/** Choices of several types, lists and objects are words; a range is an interval. */
function typeOf({ domain }: Setting): Pick<Hparam, 'type' | 'domain'> {
  if (domain.type !== 'choice') return { type: 'number', domain: { min: domain.low, max: domain.high } };
  for (const type of ['number', 'boolean'] as const)
    if (domain.values.every((value) => typeof value === type))
      return { type, domain: domain.values as readonly HparamValue[] };
  return { type: 'string', domain: domain.values.map(wordOf) };
}

const wordOf = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));
