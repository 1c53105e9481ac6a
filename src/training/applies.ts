/** What of an objective only makes sense for some kinds of samples: the one place that refuses it for others. */
import { HourglassError } from '../errors.ts';
import { limitedBy, type ObjectiveConfig } from '../models/index.ts';
import type { SampleSpec } from '../samples/index.ts';

/**
 * @throws HourglassError (usage) for a corruption or a loss that is defined for values from 0 to 1, or for images, on other
 * samples.
 */
export function requireApplicable(objective: ObjectiveConfig, { kind, range }: SampleSpec): void {
  if (kind !== 'image') {
    refuse(limitedBy('imagesOnly', objective), 'is for images, and these samples are rows of a table');
  }
  if (range !== null && range[0] >= 0 && range[1] <= 1) return;
  const values = range === null ? 'values without limits' : `values from ${range[0]} to ${range[1]}`;
  refuse(
    limitedBy('unitRange', objective),
    `is for samples with values from 0 to 1, and these have ${values}`,
  );
}

function refuse(setting: ReturnType<typeof limitedBy>, rule: string): void {
  if (setting === null) return;
  throw new HourglassError('usage', {
    subject: `${setting.name}.type`,
    rule,
    got: setting.type,
    hint: `use one of ${setting.others.join(', ')}`,
  });
}
