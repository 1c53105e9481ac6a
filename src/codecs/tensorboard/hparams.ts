/**
 * Hyper-parameters as summary values: the HParams dashboard reads three fixed tags, whose data lie in their
 * metadata. TensorBoard keeps the first metadata of a tag in a run and ignores later ones. So each of the
 * three is to be written once a run, and the end only when no training will follow.
 *
 * Messages: api.proto and plugin_data.proto of
 * https://github.com/tensorflow/tensorboard/tree/master/tensorboard/plugins/hparams
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Labels, SummaryValue } from './summaries.ts';
import { NULL_TENSOR } from './tensor.ts';
import { bool, double, encodeMessage, int, message, optionalText, text, type Write } from './wire.ts';

export type HparamValue = string | number | boolean;

export interface Hparam extends Labels {
  name: string;
  type: keyof typeof TYPES;
  /** The values it may take, or the interval they lie in; the dashboard filters by it. */
  domain?: readonly HparamValue[] | { min: number; max: number };
}

/** A scalar that runs are compared by. */
export interface Metric extends Labels {
  tag: string;
  /** The folder below the session's run that has the tag; by default the run itself. */
  group?: string;
  dataset?: keyof typeof DATA_SETS;
}

export interface Experiment {
  name?: string;
  /** Markdown. */
  description?: string;
  /** Seconds since 1970. */
  created: number;
  hparams: readonly Hparam[];
  metrics: readonly Metric[];
}

const TYPES = { string: 1, boolean: 2, number: 3 } as const;
const DATA_SETS = { training: 1, validation: 2 } as const;
const STATUS = { unknown: 0, success: 1, failure: 2, running: 3 } as const;

/** What varies and what is compared. TensorBoard takes the first that it finds in a log folder. */
export function hparamsExperiment(experiment: Experiment): SummaryValue {
  const { name, description, created, hparams, metrics } = experiment;
  return value('_hparams_/experiment', 2, (proto) => {
    optionalText(proto, 1, description);
    double(proto, 3, created);
    for (const hparam of hparams) message(proto, 4, (info) => writeHparam(info, hparam));
    for (const metric of metrics) message(proto, 5, (info) => writeMetric(info, metric));
    optionalText(proto, 6, name);
  });
}

/** A run's values. Runs of the same `group` are repetitions of one trial; by default each is its own. */
export function hparamsStart(
  values: Readonly<Record<string, HparamValue>>,
  { started, group }: { started: number; group?: string },
): SummaryValue {
  return value('_hparams_/session_start_info', 3, (proto) => {
    for (const [key, item] of Object.entries(values)) {
      message(proto, 1, (entry) => {
        text(entry, 1, key);
        message(entry, 2, (struct) => writeValue(struct, item));
      });
    }
    optionalText(proto, 4, group);
    double(proto, 5, started);
  });
}

/** How a run ended, and when, in seconds since 1970. */
export function hparamsEnd(status: keyof typeof STATUS, ended: number): SummaryValue {
  return value('_hparams_/session_end_info', 4, (proto) => {
    int(proto, 1, STATUS[status]);
    double(proto, 2, ended);
  });
}

/** `field` is that of HParamsPluginData; its version, 0, is left out as proto3 does. */
function value(tag: string, field: number, write: Write): SummaryValue {
  const content = encodeMessage((proto) => message(proto, field, write));
  return { tag, plugin: 'hparams', dataClass: 'tensor', content, tensor: NULL_TENSOR };
}

function writeHparam(info: BinaryWriter, { name, type, domain, displayName, description }: Hparam): void {
  text(info, 1, name);
  optionalText(info, 2, displayName);
  optionalText(info, 3, description);
  int(info, 4, TYPES[type]);
  if (domain === undefined) return;
  if ('min' in domain) {
    message(info, 6, (interval) => {
      double(interval, 1, domain.min);
      double(interval, 2, domain.max);
    });
  } else {
    message(info, 5, (list) => {
      for (const item of domain) message(list, 1, (struct) => writeValue(struct, item));
    });
  }
}

function writeMetric(info: BinaryWriter, { tag, group, dataset, displayName, description }: Metric): void {
  message(info, 1, (name) => {
    optionalText(name, 1, group);
    text(name, 2, tag);
  });
  optionalText(info, 3, displayName);
  optionalText(info, 4, description);
  if (dataset !== undefined) int(info, 5, DATA_SETS[dataset]);
}

/** google.protobuf.Value */
function writeValue(struct: BinaryWriter, item: HparamValue): void {
  if (typeof item === 'number') double(struct, 2, item);
  else if (typeof item === 'string') text(struct, 3, item);
  else bool(struct, 4, item);
}
