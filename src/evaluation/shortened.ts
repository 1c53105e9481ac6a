/** Seven digits, as many as a float32 has. */
export const shortened = (value: number): number => Number(value.toPrecision(7));
