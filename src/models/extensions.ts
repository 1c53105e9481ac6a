/**
 * Kinds from outside of hourglass. An extension is a module whose default export is a function from hourglass's building
 * blocks to records: in this way one file works with any copy of hourglass. Threads load the same modules by their URLs.
 */
import * as z from 'zod';
import * as graph from '../graph/index.ts';
import * as nn from '../nn/index.ts';
import { CODES, type CodeKind } from './codes/index.ts';
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

/**
 * Adds records to the tables of this thread. {@link loadExtensions} does it in every thread.
 * @throws HourglassError (usage) if a type is taken.
 */
export function extend(make: ExtensionModule): void {
  const { codes, losses, penalties, corruptions, layers } = make({ graph, nn, z });
  for (const kind of codes ?? []) CODES.add(kind);
  for (const kind of losses ?? []) LOSSES.add(kind);
  for (const kind of penalties ?? []) PENALTIES.add(kind);
  for (const kind of corruptions ?? []) CORRUPTIONS.add(kind);
  for (const kind of layers ?? []) LAYERS.add(kind);
}

const loaded = new Set<string>();

/**
 * Loads extensions by the URLs of their modules, each once. Threads that are started later load them too.
 * @throws HourglassError (usage) if a type is taken.
 */
export async function loadExtensions(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    if (loaded.has(url)) continue;
    const { default: make } = (await import(url)) as { default: ExtensionModule };
    extend(make);
    loaded.add(url);
  }
}

/** The URLs of the modules loaded so far: what a new thread is given. */
export const extensionUrls = (): string[] => [...loaded];
