/** Modules from outside, by path or address: kinds of code, loss, penalty, corruption and layer; and figures. */
import { HourglassError } from '../errors.ts';
import { loadExtensions as load } from '../models/index.ts';
import { moduleAddresses } from './figure-modules.ts';

export { extensionUrls } from '../models/index.ts';

/**
 * Adds kinds of code, loss, penalty, corruption and layer from modules of your own: recipes may then use them, in this
 * program and in the threads of its trainings and services. docs/extensions.md says what such a module has. Loading a
 * module again does nothing.
 *
 * @param modules paths or `file:` URLs of JavaScript modules.
 * @throws HourglassError of kind `usage` if a module cannot be loaded, is not an extension, or has a kind with the name of
 * another.
 *
 * @example
 * ```ts
 * import { loadExtensions, loadRecipe } from 'hourglass';
 *
 * await loadExtensions([]); // for example ['./logcosh.js']
 * console.log(loadRecipe('vae').loss.type); // bce; with that module, 'logcosh' may stand there too
 * ```
 */
export const loadExtensions = (modules: readonly (string | URL)[]): Promise<void> =>
  load(moduleAddresses(modules));

/**
 * Loads modules of either sort.
 * @returns the addresses of those with figures, for `train` and {@link loadFigures}.
 */
export async function loadModules(modules: readonly string[]): Promise<string[]> {
  const figures: string[] = [];
  for (const address of moduleAddresses(modules)) {
    const { default: given } = await import(address).catch((cause: unknown) => {
      throw new HourglassError(
        'usage',
        {
          subject: `--extension ${modules[moduleAddresses(modules).indexOf(address)]}`,
          rule: `cannot be loaded as a module (${cause instanceof Error ? cause.message : String(cause)})`,
          hint: 'give the path of a JavaScript module with kinds or figures (docs/extensions.md)',
        },
        { cause },
      );
    });
    if (typeof given === 'object' && given !== null) figures.push(address);
    else await load([address]);
  }
  return figures;
}
