/** The progress of the work after a training, reported at a limited rate. */

/** What is being done, in words for people, and the share of it that is done, 0 to 1. */
export type OnProgress = (phase: string, share: number) => void;

export const SILENT: OnProgress = () => {};

/** The shortest time between two reports, in milliseconds. */
export const PROGRESS_INTERVAL = 100;

/** Pieces as they come, with the share of all values that has been taken. */
export async function* counted(
  pieces: AsyncIterable<Float32Array>,
  values: number,
  onShare: (share: number) => void,
): AsyncIterable<Float32Array> {
  let taken = 0;
  for await (const piece of pieces) {
    onShare(taken / values);
    yield piece;
    taken += piece.length;
  }
}
