/** What a folder's name says of the images in it. Upper and lower case are the same. */

export type SplitName = 'train' | 'validation' | 'test';

export const SPLITS: readonly [RegExp, SplitName][] = [
  [/^train(ing)?$/, 'train'],
  [/^(val|valid|validation|dev)$/, 'validation'],
  [/^test(ing)?$/, 'test'],
];

/** A name without what is often added to it: `test_set`, `train2017`, `good-images`. */
const plain = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[-_ ]?\d{4}$/, '')
    .replace(/[-_ ]?(set|data|images|split|dir|public)$/, '');

/** The split that a folder's name stands for: `Train`, `val`, `test_set`, `train2017`; null for any other name. */
export const splitNamed = (folder: string): SplitName | null =>
  SPLITS.find(([pattern]) => pattern.test(plain(folder)))?.[1] ?? null;

/** Whether a folder holds masks, which mark the defective pixels of images and are not trained on. */
export const holdsMasks = (folder: string): boolean =>
  /^(ground[-_ ]?truths?|masks?|gt)$/.test(plain(folder));

/** Whether a folder's name says that its images have no defects. */
export const isNormalName = (folder: string): boolean =>
  /^(good|ok|normal|nominal|healthy|(defect|anomaly)[-_ ]?free|no[-_ ]?(defects?|anomal(y|ies)))$/.test(
    plain(folder),
  );

/** Whether a folder's name says that its images have defects, but not of which kind. */
export const isAbnormalName = (folder: string): boolean =>
  /^(bad|ng|ko|nok|not[-_ ]?(good|ok)|abnormal|anomal(y|ies|ous)|defect(s|ive)?|faulty|faults?|damaged)$/.test(
    plain(folder),
  );
