/** Samples in memory. */
import type { Source } from './source.ts';
import { isStoredAs, type SampleSpec, type StoredValues, valuesOf } from './spec.ts';

export interface MemorySource<Values extends StoredValues = StoredValues> extends Source {
  /** [count, values of a sample], not copied. */
  readonly values: Values;
}

/**
 * Samples that lie one after the other in an array.
 * @throws RangeError if the array's type is not the spec's storage type, or its length not a multiple of a sample's.
 */
export function memorySource<Values extends StoredValues>(
  spec: SampleSpec,
  values: Values,
  { labels, names, masks }: Pick<Source, 'labels' | 'names' | 'masks'> = {},
): MemorySource<Values> {
  const size = valuesOf(spec);
  const count = values.length / size;
  if (!isStoredAs(values, spec.storage) || !Number.isInteger(count)) {
    throw new RangeError(
      `samples of ${size} ${spec.storage} values: got ${values.length} values in a ${values.constructor.name}`,
    );
  }
  return {
    spec,
    count,
    values,
    ...(labels === undefined ? {} : { labels }),
    ...(names === undefined ? {} : { names }),
    ...(masks === undefined ? {} : { masks }),
    async read(indices, into) {
      // Samples next to each other are copied at once.
      for (let row = 0; row < indices.length; ) {
        const first = indices[row]!;
        let rows = 1;
        while (row + rows < indices.length && indices[row + rows] === first + rows) rows++;
        into.set(values.subarray(first * size, (first + rows) * size), row * size);
        row += rows;
      }
    },
  };
}
