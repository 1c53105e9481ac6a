/** Some samples of a source: how splits and single classes are made without copying samples. */
import type { LabelledSource, Source } from './source.ts';

/** The samples of `source` at `indices`, in that order. */
export function subset(source: LabelledSource, indices: Uint32Array): LabelledSource;
export function subset(source: Source, indices: Uint32Array): Source;
export function subset(source: Source, indices: Uint32Array): Source {
  const { spec, labels, names } = source;
  return {
    spec,
    count: indices.length,
    ...(labels === undefined ? {} : { labels: Uint8Array.from(indices, (index) => labels[index]!) }),
    ...(names === undefined ? {} : { names: Array.from(indices, (index) => names[index]!) }),
    read: (rows, into) =>
      source.read(
        rows.map((row) => indices[row]!),
        into,
      ),
  };
}
