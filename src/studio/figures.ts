/** The figures that tables of runs show. */
import { CODE_FIGURES, type MeasuredRun } from '../metrics/figures/run.ts';

type Figures = Readonly<Record<string, number | null | undefined>>;

/** The part of an evaluation that they are in. */
export interface Measured {
  readonly model: object;
  readonly objective?: { readonly values: Figures } | null | undefined;
  readonly similarity?: { readonly model: object } | null | undefined;
  /** What is known of the code as a whole. */
  readonly code?: object | null | undefined;
}

/** Figures of an evaluation by their keys; `loss` is the one that was minimised. */
export function listedFigures({
  objective,
  model,
  similarity,
  code,
}: Measured): Record<string, number | null> {
  const found: Figures = {
    ...{ loss: objective?.values.loss, ...model, ...similarity?.model },
    ...figuresOfCode(code, objective),
  };
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? null]));
}

/** How a code uses its units or values: of quantised, variational and sparse codes; none of others. */
function figuresOfCode(
  code: object | null | undefined,
  objective: Measured['objective'],
): Record<string, number> {
  const run = { code, objective } as Partial<MeasuredRun> as MeasuredRun;
  const read = CODE_FIGURES.map((figure) => [figure.key, figure.read(run)] as const);
  return Object.fromEntries(
    read.filter((each): each is [string, number] => typeof each[1] === 'number' && Number.isFinite(each[1])),
  );
}
