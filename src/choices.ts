/** Words of settings that several layers need: each list once. Every folder may import it. */

/** What can be asked for to run graphs on: `auto` is the first GPU that works, or the processor. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda'] as const;

/** How images of other proportions are fitted: with a border, cut off, or stretched. */
export const FITS = ['contain', 'cover', 'fill'] as const;

/** What the sub-folders of a folder of images can be taken as. */
export const LAYOUTS = ['auto', 'classes', 'splits', 'anomaly'] as const;

/** What can be done with missing values of a table. */
export const MISSING_POLICIES = ['refuse', 'mean', 'drop'] as const;

/** How columns of numbers can be scaled. */
export const SCALINGS = ['standard', 'robust', 'min-max', 'norm', 'none'] as const;

/** What a column of a table can be taken as. */
export const COLUMN_TYPES = ['number', 'boolean', 'category', 'ignore'] as const;

/** How the rows of a table are divided into splits: at random, or the first rows to train and the last to test. */
export const ROW_SPLITS = ['random', 'order'] as const;

/** How a sweep chooses the settings of its trials. */
export const SEARCHES = ['grid', 'random', 'sobol', 'tpe'] as const;
export type SearchName = (typeof SEARCHES)[number];

/** How a sweep ends trials early. */
export const PRUNERS = ['none', 'median', 'asha'] as const;
export type PrunerName = (typeof PRUNERS)[number];

/** Distributions that can be fitted to the codes of a trained model. */
export const SAMPLERS = ['mixture', 'flow', 'second-stage', 'autoregressive'] as const;
