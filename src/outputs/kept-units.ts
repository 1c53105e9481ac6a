/** Which units of sparse codes are not 0. */
import type { Values } from './sink.ts';

/** The units of a code that are not 0, counted from 0, and their values. */
export interface KeptUnits {
  units: number[];
  values: number[];
}

/** Those of each code of a batch, [n, size]. */
export function* keptUnits(batch: Values, size: number): Generator<KeptUnits> {
  for (let from = 0; from < batch.length; from += size) {
    const kept: KeptUnits = { units: [], values: [] };
    for (let unit = 0; unit < size; unit++) {
      const value = batch[from + unit]!;
      if (value === 0) continue;
      kept.units.push(unit);
      kept.values.push(value);
    }
    yield kept;
  }
}
