/** Opens a model whose settings can be read: where everything is loaded that trains. */
import type { ModelEngine } from '../engine/index.ts';
import type { ModelContent } from './content.ts';
import type { Model } from './interface.ts';
import { openModelBy } from './model.ts';
import { readSettings } from './settings-traits.ts';

/** As {@link openModelBy}, by the recipe in the files' metadata. */
export const openModel = (
  engine: ModelEngine,
  content: ModelContent,
  { threads }: { threads: number },
): Promise<Model> => openModelBy(engine, content, { threads, readTraits: readSettings });
