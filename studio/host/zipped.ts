/** Files to download as one. */
import { zip } from 'fflate';

/** Without compression: a model's numbers have no pattern that could be packed. */
export const zipped = (files: ReadonlyMap<string, Uint8Array>): Promise<Blob> =>
  new Promise((resolve, reject) => {
    zip(Object.fromEntries(files), { level: 0 }, (error, bytes) => {
      if (error) reject(error);
      else resolve(new Blob([new Uint8Array(bytes)], { type: 'application/zip' }));
    });
  });
