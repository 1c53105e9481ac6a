/** Some samples of a source: how splits and single classes are made without copying samples. */
import { someBlocks } from './blocks.ts';
import { someMasks } from './masks.ts';
import type { LabelledSource, Source } from './source.ts';

/** The samples of `source` at `indices`, in that order. */
export function subset(source: LabelledSource, indices: Uint32Array): LabelledSource;
export function subset(source: Source, indices: Uint32Array): Source;
export function subset(source: Source, indices: Uint32Array): Source {
  const { spec, labels, names, masks, blocks, identity } = source;
  return {
    spec,
    count: indices.length,
    ...(labels === undefined ? {} : { labels: Uint8Array.from(indices, (index) => labels[index]!) }),
    ...(names === undefined ? {} : { names: Array.from(indices, (index) => names[index]!) }),
    ...(masks === undefined ? {} : { masks: someMasks(masks, indices) }),
    ...(blocks === undefined ? {} : { blocks: someBlocks(blocks, indices) }),
    ...(identity === undefined ? {} : { identity: [...identity, bytesOf(indices)] }),
    read: (rows, into) =>
      source.read(
        rows.map((row) => indices[row]!),
        into,
      ),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
