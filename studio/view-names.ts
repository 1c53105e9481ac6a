/** The views, in the order of their tabs. */
export const VIEWS = ['train', 'explore', 'try', 'compare', 'learn'] as const;
export type View = (typeof VIEWS)[number];
