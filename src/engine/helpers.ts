/**
 * Helpers: other threads that compute gradients of shares of a batch while the trainer computes its own. The engine
 * starts them and carries arrays between them and the trainer. What they compute is training's.
 */

/** Elements of the arrays that go to a helper and come back. */
export interface HelperSizes {
  /** Elements of all parameters. */
  readonly parameters: number;
  readonly losses: number;
  /** Bytes of the samples of the largest share, as they are stored. */
  readonly stored: number;
}

/** The arrays of one helper, seen from either side. */
export interface HelperArrays {
  /** From the trainer: all parameters, and the bytes of the share's samples. */
  readonly weights: Float32Array;
  readonly stored: Uint8Array;
  /** From the helper. */
  readonly gradients: Float32Array;
  readonly losses: Float64Array;
}

/** What a helper is asked for: a share of a batch, and where in the training that batch is. */
export interface HelperOrder {
  /** The share's first sample within the batch, and its number of samples. */
  readonly first: number;
  readonly count: number;
  /** Samples of the whole batch. */
  readonly total: number;
  readonly step: number;
  /** Epochs before this step, a fraction of one too. */
  readonly epochs: number;
}

/** One helper, seen from the trainer. */
export interface Helper extends HelperArrays {
  /** Has it begin, with the weights and samples that are in its arrays now. */
  ask(order: HelperOrder): void;
  /**
   * Fulfilled when it is done: its gradients and losses are then in its arrays, until it is asked again.
   * @throws what the helper threw.
   */
  answer(): Promise<void>;
  dispose(): Promise<void>;
}
