/** What a model's recipe says of its use, where the schemas of settings are not loaded: its files say it. */
import { HourglassError } from '../../errors.ts';
import { type TraitsReader, traitsIn } from '../../model/traits.ts';

/** Files of an older hourglass have their recipe alone: what reads it is loaded for them. */
export const readTraits: TraitsReader = async (metadata, file) =>
  traitsIn(metadata, file) ?? (await readerOfSettings())(metadata, file);

async function readerOfSettings(): Promise<TraitsReader> {
  try {
    return (await import('../use-settings.ts')).readSettings;
  } catch (cause) {
    throw new HourglassError(
      'environment',
      {
        subject: 'use-settings.js',
        rule: `cannot be loaded (${(cause as Error).message}): models of an older hourglass need it`,
        hint: 'serve it next to use.js',
      },
      { cause },
    );
  }
}
