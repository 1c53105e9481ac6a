/** sharp, which reads and scales pictures: loaded on first use, so that commands without pictures work without it. */
import type sharp from 'sharp';
import { cannotLoad } from '../../installation.ts';

let loading: Promise<typeof sharp> | undefined;

/** @throws HourglassError of kind 'environment' if sharp or its native library cannot be loaded. */
export function loadSharp(): Promise<typeof sharp> {
  loading ??= import('sharp').then(
    ({ default: loaded }) => {
      // There are many small images: they are converted in parallel, each on one thread, and none is read twice.
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
