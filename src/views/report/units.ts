/** The units of a variational code, each with what it tells. */
import type { Results } from '../../evaluation/results.ts';
import { unitsByKl } from '../units.ts';
import { type Content, html, table } from './html.ts';

/** A longer table is folded away. */
const FOLDED = 40;

/** Each unit's KL divergence and the variance of its mean, the most telling first; nothing for other codes. */
export function unitTable({ code, images, split }: Results): Content {
  const units = unitsByKl(code);
  if (units === null) return '';
  const { varying, count } = code!;
  const whole = table({
    caption: `Units of the code, on the ${images.toLocaleString('en')} images of the ${split} split: ${varying} of ${count} are active. The KL divergence of a unit from the prior, in nats, is what it tells of an image; a unit is active if the variance of its mean μ over the images is above 0.01`,
    head: ['unit', 'KL (nats)', 'Var(μ)', ''],
    rows: units.map(({ unit, kl, variance, isActive }) => [
      unit,
      kl.toPrecision(4),
      variance.toPrecision(4),
      isActive ? 'active' : 'unused',
    ]),
    numbers: (column) => column === 1 || column === 2,
  });
  return units.length > FOLDED
    ? html`<details><summary>${units.length} units</summary>
${whole}</details>
`
    : whole;
}
