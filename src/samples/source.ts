/** Where samples come from. */
import type { Blocks } from './blocks.ts';
import type { Masks } from './masks.ts';
import type { SampleSpec, StoredValues } from './spec.ts';

/** A list of samples of one kind, in a fixed order, that are read when they are needed. */
export interface Source {
  readonly spec: SampleSpec;
  /** The number of samples. */
  readonly count: number;
  /** The class of each sample, as a position in the data set's list of classes, if the samples have classes. */
  readonly labels?: Uint8Array;
  /** The name of each sample, such as its file, if they have names. */
  readonly names?: readonly string[];
  /** Which pixels of the samples are defective, if that is known. */
  readonly masks?: Masks;
  /** Which samples are read together: an epoch's order then keeps them close to each other. */
  readonly blocks?: Blocks;
  /**
   * What tells these samples from others, if there are too many to read all of them for that; such a source's mean and
   * spread are those of some of its samples.
   */
  readonly identity?: readonly Uint8Array[];
  /** The pictures whose windows the samples are, if they are windows; see tiles.ts. Figures of whole pictures are of these. */
  readonly pictures?: LabelledSource;
  /** The samples as an epoch sees them, from 0, if they are others in each; as many, of the same kind. */
  ofEpoch?(epoch: number): Source;
  /**
   * Writes the stored values of some samples one after the other into `into`, which has their exact length and the
   * storage type of `spec`. A caller awaits a read before it begins the next one on the same source; the memory of
   * `into` is the source's until then. An index may occur more than once.
   */
  read(indices: Uint32Array, into: StoredValues): Promise<void>;
}

/** A source whose samples have classes. */
export interface LabelledSource extends Source {
  readonly labels: Uint8Array;
}
