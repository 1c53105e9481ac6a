/** The devices that graphs run on. */
import type { DEVICES } from '../choices.ts';

/** What can be asked for: `auto` is the first GPU that works, or the processor. */
export type DeviceChoice = (typeof DEVICES)[number];
/** What graphs run on. */
export type Device = Exclude<DeviceChoice, 'auto'>;

/** The device that an engine will use for a choice. */
export interface ChosenDevice {
  device: Device;
  /** What a reader should know: why it is not a GPU, or what is different on one. */
  note: string | null;
}
