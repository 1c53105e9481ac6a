/** Figures from outside as modules: a training measures in its own thread, to which no function can be sent. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HourglassError } from '../errors.ts';
import { checkFigures, type Figure, TAKEN_KEYS } from '../metrics/index.ts';

/** The addresses of modules that were named by path or address, independent of the current folder. */
export const moduleAddresses = (modules: readonly (string | URL)[]): string[] =>
  modules.map((module) =>
    module instanceof URL || module.startsWith('file:')
      ? String(module)
      : pathToFileURL(resolve(module)).href,
  );

/**
 * The figures that modules have as their default export: one, or a list.
 * @throws HourglassError (usage) if a module cannot be loaded, or what it exports is no figure.
 */
export async function loadFigures(addresses: readonly string[]): Promise<readonly Figure[]> {
  const found: unknown[] = [];
  for (const address of addresses) {
    const { default: given } = await import(address).catch((cause: unknown) => {
      throw new HourglassError(
        'usage',
        {
          subject: address,
          rule: `cannot be loaded as a module with figures (${cause instanceof Error ? cause.message : String(cause)})`,
          hint: 'give the path of a JavaScript module whose default export is a figure',
        },
        { cause },
      );
    });
    found.push(...(Array.isArray(given) ? given : [given]));
  }
  return checkFigures(found, TAKEN_KEYS);
}
