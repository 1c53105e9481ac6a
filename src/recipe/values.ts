/** How values of a recipe are named and counted where they follow the images. */

/** Whether setting the value at `path` sets the one at `other`, which is the same or lies below it. */
export const covers = (path: string, other: string): boolean =>
  other === path || other.startsWith(`${path}.`);

/** Whether the value at a path was not set by hand. */
export type IsFree = (path: string) => boolean;

export const count = (n: number): string => n.toLocaleString('en');
