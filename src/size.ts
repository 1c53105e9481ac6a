/** The number of elements of an array of a shape: the product of its dimensions, 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
