import type { ImageSet, RunEntry } from '../../../src/studio/protocol.ts';

/** A run as a test serves it to the page of studio/testing. */
export interface ServedRun {
  entry: RunEntry;
  /** Bytes lie at `images/<id>/<split>`, labels at `labels/<id>/<split>`. */
  images: Omit<ImageSet, 'values' | 'labels' | 'count'>;
}
