/** sharp, which reads and scales pictures: loaded on first use, so that commands without pictures work without it. */
import type sharp from 'sharp';
import { cannotLoad } from '../../installation.ts';

let loading: Promise<typeof sharp> | undefined;

/** @throws HourglassError of kind 'environment' where sharp or its native library cannot be loaded. */
export function loadSharp(): Promise<typeof sharp> {
  loading ??= import('sharp').then(
    ({ default: loaded }) => {
      // Images are many and small: they are converted side by side, each on one thread, and none comes twice.
      loaded.concurrency(1);
      loaded.cache(false);
      return loaded;
    },
    (cause) => {
      throw cannotLoad('sharp', cause);
    },
  );
  return loading;
}
