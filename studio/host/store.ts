/** Where a page without a server keeps its runs and data sets: IndexedDB, which takes Maps and typed arrays as they are. */
import type { FileData, IdxData, TableData } from 'hourglass/web';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Finding, RecipeEntry, RunEntry, RunMessage, SampleKind } from '../../src/studio/protocol.ts';

export interface KeptRun {
  readonly id: string;
  readonly entry: RunEntry;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** The id of its data set. */
  readonly data: string;
  /** What a listener gets. */
  readonly messages: readonly RunMessage[];
}

export interface KeptFiles {
  readonly id: string;
  /** Of the model; empty until the run is finished. */
  readonly model: ReadonlyMap<string, Uint8Array>;
  /** From which a stopped run can be resumed; else empty. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface KeptData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly data: FileData | IdxData | TableData;
  /** Absent in what older pages kept: images. */
  readonly samples?: SampleKind;
}

interface Schema extends DBSchema {
  runs: { key: string; value: KeptRun };
  files: { key: string; value: KeptFiles };
  data: { key: string; value: KeptData };
}

export type Store = IDBPDatabase<Schema>;

export const openStore = (): Promise<Store> =>
  openDB<Schema>('hourglass-studio', 1, {
    upgrade(database) {
      for (const name of ['runs', 'files', 'data'] as const)
        database.createObjectStore(name, { keyPath: 'id' });
    },
  });

interface RecipeSchema extends DBSchema {
  recipes: { key: string; value: RecipeEntry };
}

export type RecipeStore = IDBPDatabase<RecipeSchema>;

/** A database of its own: a new store in the other one would have to wait until older pages are closed. */
export const openRecipeStore = (): Promise<RecipeStore> =>
  openDB<RecipeSchema>('hourglass-studio-recipes', 1, {
    upgrade: (database) => void database.createObjectStore('recipes', { keyPath: 'id' }),
  });
