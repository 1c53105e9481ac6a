/** The figures that tables of runs show. */

type Figures = Readonly<Record<string, number | null | undefined>>;

/** The part of an evaluation that they are in. */
export interface Measured {
  readonly model: object;
  readonly objective?: { readonly values: Figures } | null | undefined;
  readonly similarity?: { readonly model: object } | null | undefined;
}

/** Figures of an evaluation by their keys; `loss` is the one that was minimised. */
export function listedFigures({ objective, model, similarity }: Measured): Record<string, number | null> {
  const found: Figures = { loss: objective?.values.loss, ...model, ...similarity?.model };
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? null]));
}
