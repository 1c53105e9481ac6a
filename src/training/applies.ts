/** What of an objective only makes sense for some kinds of samples: the one place that refuses it for others. */
import { HourglassError } from '../errors.ts';
import { type ObjectiveConfig, onlyForUnitRange } from '../models/index.ts';
import type { SampleSpec } from '../samples/index.ts';

/** @throws HourglassError (usage) for a corruption or a loss that is defined for values from 0 to 1, on other samples. */
export function requireApplicable(objective: ObjectiveConfig, { range }: SampleSpec): void {
  const setting = onlyForUnitRange(objective);
  if (setting === null || (range !== null && range[0] >= 0 && range[1] <= 1)) return;
  const values = range === null ? 'values without limits' : `values from ${range[0]} to ${range[1]}`;
  throw new HourglassError('usage', {
    subject: `${setting.name}.type`,
    rule: `is for samples with values from 0 to 1, and these have ${values}`,
    got: setting.type,
    hint: `use one of ${setting.others.join(', ')}`,
  });
}
