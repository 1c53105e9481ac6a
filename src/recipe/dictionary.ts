/** The size of a sparse code for rows of few values. */
import { codeTraits } from '../models/index.ts';
import type { Recipe } from './recipe.ts';
import { count, type IsFree } from './values.ts';

/** Units of a dictionary for each value of a row. */
const UNITS_PER_VALUE = 16;
/** A row of so many values is a sum of one direction more. */
const VALUES_PER_KEPT = 8;

/**
 * Fewer units, and fewer that are kept, for rows of fewer values than the recipe's dictionary is meant for, in place; gives the
 * reasons. With 16 units kept of 2,048 for 8 values, all of them would have the direction of the row itself.
 * @param values of a row.
 */
export function fitDictionary({ model: { code } }: Recipe, values: number, isFree: IsFree): string[] {
  if (!codeTraits(code).isSparse || !('units' in code) || !isFree('model.code.units')) return [];
  const changes: string[] = [];
  const units = Math.min(code.units, UNITS_PER_VALUE * values);
  if (units < code.units) {
    changes.push(`${count(units)} units instead of ${count(code.units)}`);
    code.units = units;
  }
  if ('k' in code && isFree('model.code.k')) {
    const k = Math.min(code.k, Math.ceil(values / VALUES_PER_KEPT));
    if (k < code.k) {
      changes.push(`${k} kept instead of ${code.k}`);
      code.k = k;
    }
  }
  return changes.length === 0
    ? []
    : [
        `${changes.join(', ')}: rows of ${count(values)} ${values === 1 ? 'value' : 'values'} are sums of few directions`,
      ];
}
