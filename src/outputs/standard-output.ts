/** Standard output as a place for results. A reader may leave before the end; a disk behind it may be full. */
import { OutputClosed } from '../errors.ts';
import { unwritable } from '../store/index.ts';

/**
 * Resolves once the text is written.
 * @throws OutputClosed when the reader is gone; HourglassError when it cannot be written.
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') reject(new OutputClosed());
      else reject(unwritable('standard output', error));
    });
  });
}
