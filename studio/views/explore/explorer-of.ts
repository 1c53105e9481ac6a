/** What explores a set of samples. */
import type { PageModel } from 'hourglass/web';
import type { SampleSet } from '../../../src/studio/protocol.ts';
import type { Codes } from './codes.ts';
import { ImageExplorer } from './images.ts';
import { RowExplorer } from './rows/explorer.ts';

export type AnyExplorer = ImageExplorer | RowExplorer;

export const explorerOf = (model: PageModel, set: SampleSet, codes: Codes): AnyExplorer =>
  set.kind === 'row' ? new RowExplorer(model, set, codes) : new ImageExplorer(model, set, codes);
