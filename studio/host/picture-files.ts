/** Which files that were added are pictures. */

export const isPicture = (path: string): boolean => /\.(png|jpe?g|webp|bmp|gif|avif)$/i.test(path);

/** What systems put into folders beside the pictures, such as `.DS_Store`. */
export const isHidden = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
