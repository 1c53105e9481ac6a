/**
 * Kinds from outside of hourglass. An extension is a module whose default export is a function from hourglass's building
 * blocks to records: in this way one file works with any copy of hourglass. Threads load the same modules by their URLs.
 */
import * as z from 'zod';
import { HourglassError } from '../errors.ts';
import * as graph from '../graph/index.ts';
import * as nn from '../nn/index.ts';
import { CODE_BUILDERS } from './codes/build/index.ts';
import { CODES, type CodeKind } from './codes/index.ts';
import { CORRUPTION_BUILDERS } from './corruptions/build.ts';
import { CORRUPTIONS, type CorruptionKind } from './corruptions/index.ts';
import { LAYERS, type LayerKind } from './layers/index.ts';
import { LOSSES, type LossKind } from './losses/index.ts';
import { PENALTIES, type PenaltyKind } from './penalties/index.ts';

/** What an extension is given: symbols and operators, layers and parameters, and zod for settings. */
export interface BuildingBlocks {
  graph: typeof graph;
  nn: typeof nn;
  z: typeof z;
}

/** Records for the tables; each type must be new. */
export interface Extension {
  codes?: readonly CodeKind[];
  losses?: readonly LossKind[];
  penalties?: readonly PenaltyKind[];
  corruptions?: readonly CorruptionKind[];
  layers?: readonly LayerKind[];
}

/** The default export of an extension's module. */
export type ExtensionModule = (blocks: BuildingBlocks) => Extension;

/** The tables that a record is added to, by the key under which an extension has its records. */
const TABLES = {
  codes: [CODES, CODE_BUILDERS],
  losses: [LOSSES],
  penalties: [PENALTIES],
  corruptions: [CORRUPTIONS, CORRUPTION_BUILDERS],
  layers: [LAYERS],
};
type Group = keyof typeof TABLES;

/** What each module added, by its URL. */
const loaded = new Map<string, { group: Group; type: string }[]>();

/**
 * Loads extensions by the URLs of their modules, each once. Threads that are started later load them too.
 * @throws HourglassError (usage) if a module cannot be loaded, is not an extension, or adds a type that is taken.
 */
export async function loadExtensions(urls: readonly string[]): Promise<void> {
  for (const url of urls) if (!loaded.has(url)) loaded.set(url, extend(await makerOf(url), url));
}

async function makerOf(url: string): Promise<ExtensionModule> {
  const refuse = (rule: string, cause?: unknown) =>
    new HourglassError(
      'usage',
      {
        subject: shownUrl(url),
        rule,
        hint: 'give a JavaScript module whose default export is a function from building blocks to records (docs/extensions.md)',
      },
      { cause },
    );
  const module: { default?: unknown } = await import(url).catch((cause: unknown) => {
    throw refuse(
      `cannot be loaded as an extension (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    );
  });
  if (typeof module.default === 'function') return module.default as ExtensionModule;
  throw refuse(`must have a function as its default export, got ${typeof module.default}`);
}

/** Adds records to the tables of this thread; {@link loadExtensions} does it in every thread. `url` names the module in errors. */
export function extend(make: ExtensionModule, url = 'extension'): { group: Group; type: string }[] {
  const groups: Readonly<Record<string, readonly { type: string }[]>> = { ...make({ graph, nn, z }) };
  const added: { group: Group; type: string }[] = [];
  for (const [name, records] of Object.entries(groups)) {
    if (!Object.hasOwn(TABLES, name) || !Array.isArray(records)) {
      throw new HourglassError('usage', {
        subject: shownUrl(url),
        rule: `must give lists of records under ${Object.keys(TABLES).join(', ')}`,
        got: name,
      });
    }
    const group = name as Group;
    for (const record of records) {
      for (const table of TABLES[group] as { add(one: { type: string }): void }[]) table.add(record);
      added.push({ group, type: record.type });
    }
  }
  return added;
}

/** The URLs of the modules loaded so far: what a new thread is given. */
export const extensionUrls = (): string[] => [...loaded.keys()];

/** The settings in which kinds have their names. */
interface Settings {
  model: {
    code: { type: string };
    encoder: readonly { type: string }[];
    decoder: readonly { type: string }[];
  };
  corruption: { type: string };
  loss: { type: string };
  penalties: object;
}

/** The URLs of the modules without which a recipe could not be read: those that have a kind in its settings. */
export function extensionsOf({ model, corruption, loss, penalties }: Settings): string[] {
  const types: Readonly<Record<Group, readonly string[]>> = {
    codes: [model.code.type],
    losses: [loss.type],
    penalties: Object.keys(penalties),
    corruptions: [corruption.type],
    layers: [...model.encoder, ...model.decoder].map(({ type }) => type),
  };
  return [...loaded].flatMap(([url, added]) =>
    added.some(({ group, type }) => types[group].includes(type)) ? [url] : [],
  );
}

/**
 * Why settings that name extensions cannot be understood: the first module that is not loaded.
 * @returns null if they name none, or all are loaded.
 */
export function missingExtension(subject: string, settings: unknown): HourglassError | null {
  const { extensions } = (settings ?? {}) as { extensions?: unknown };
  const missing = (Array.isArray(extensions) ? extensions : []).find(
    (url): url is string => typeof url === 'string' && !loaded.has(url),
  );
  if (missing === undefined) return null;
  return new HourglassError('usage', {
    subject,
    rule: `needs the extension ${shownUrl(missing)}, which is not loaded`,
    hint: `add --extension ${shownUrl(missing)}; in a program, call loadExtensions with it first`,
  });
}

/** A file's URL as its path, where that is the same. */
const shownUrl = (url: string): string => url.replace(/^file:\/\/(?=\/(?![A-Za-z]:)[^%]*$)/, '');
