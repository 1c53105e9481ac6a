import type { ChosenDevice, DeviceChoice } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';

/** @throws HourglassError of kind 'usage' for a GPU. */
export function chooseDevice(asked: DeviceChoice): ChosenDevice {
  if (asked === 'cpu') return { device: 'cpu', note: null };
  if (asked === 'auto') return { device: 'cpu', note: 'a page computes on the processor' };
  throw new HourglassError('usage', {
    subject: 'device',
    rule: `'${asked}' cannot be used in a page`,
    hint: "try 'cpu'",
  });
}
