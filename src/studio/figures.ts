/** The figures that tables of runs show. */
import type { Evaluation } from '../evaluation/evaluate.ts';

/** Figures of an evaluation by their keys; `loss` is the one that was minimised. */
export function listedFigures({
  objective,
  model,
  similarity,
}: Pick<Evaluation, 'objective' | 'model' | 'similarity'>): Record<string, number | null> {
  const found = { loss: objective?.values.loss, ...model, ...similarity?.model };
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? null]));
}
