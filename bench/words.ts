/** Figures as people read them. */
import type { Spread } from './statistics.ts';

/** To three digits. */
export const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** As `12.3 (12.0–12.9)`: median and quartiles, three digits. */
export const format = ({ median, low, high }: Spread) => `${number(median)} (${number(low)}–${number(high)})`;

export const whole = (value: number) => Math.round(value).toLocaleString('en');
