/** What the files are that were added. */

export { isImageName as isPicture } from '../../src/data/images/formats.ts';
export { isIdxName as isIdx } from '../../src/data/images/idx-name.ts';
export { isTableName as isTable } from '../../src/data/tables/names.ts';

/** What systems put into folders beside the pictures, such as `.DS_Store`. */
export const isHidden = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
