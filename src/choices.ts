/** Words of settings that several layers need: each list once. Every folder may import it. */

/** What can be asked for to run graphs on: `auto` is the first GPU that works, or the processor. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda'] as const;

/** How images of other proportions are fitted: with a border, cut off, or stretched. */
export const FITS = ['contain', 'cover', 'fill'] as const;

/** What the sub-folders of a folder of images can be taken as. */
export const LAYOUTS = ['auto', 'classes', 'splits', 'anomaly'] as const;

/** How columns of numbers can be scaled. */
export const SCALINGS = ['standard', 'robust', 'min-max', 'none'] as const;
