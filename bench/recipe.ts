import { readFileSync } from 'node:fs';

/** A recipe's model and what it minimises. */
export function recipe(name: string): {
  model: object;
  objective: Record<'corruption' | 'loss' | 'penalties', object>;
} {
  const file = new URL(`../../../recipes/${name}.json`, import.meta.url);
  const { model, corruption, loss, penalties } = JSON.parse(readFileSync(file, 'utf8'));
  return { model, objective: { corruption, loss, penalties } };
}
