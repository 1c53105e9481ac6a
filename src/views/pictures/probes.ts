/** What the codes of several runs keep of the classes, side by side. */
import { bars } from '../../render/index.ts';
import type { Picture } from './input.ts';

/** The held-out accuracy of a linear probe on the codes of a run. */
export interface ProbeAccuracy {
  /** The run's name. */
  name: string;
  /** From 0 to 1. */
  accuracy: number;
}

/** Accuracies as bars; `pixels` is the accuracy of the same probe on raw pixels. */
export function probePicture(accuracies: readonly ProbeAccuracy[], pixels: number): Picture {
  const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
  const svg = bars({
    title: 'What codes keep of the classes',
    subtitle: 'test accuracy of a linear probe on the codes',
    xLabel: 'accuracy (%)',
    items: accuracies.map(({ name, accuracy }) => ({ name, value: 100 * accuracy, text: percent(accuracy) })),
    reference: { name: `raw pixels ${percent(pixels)}`, value: 100 * pixels },
  });
  return { name: 'probes', svg };
}
