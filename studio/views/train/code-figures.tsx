/** How a code uses its units or its values: of sparse, quantised and variational codes. */
import { CODE_FIGURES } from '../../../src/metrics/figures/run.ts';
import { listedFigures } from '../../../src/studio/figures.ts';
import { shortNumber } from '../../parts/numbers.ts';

/** Figures that are shares of something. */
const SHARES = new Set(['valuesUsed', 'explainedVariance', 'deadUnits', 'denseUnits']);

/**
 * @param figures of a run that was trained before, by their keys.
 * @param code what has just been measured of a code.
 */
export function CodeFigures({
  figures,
  code,
}: {
  figures: Readonly<Record<string, number | null>> | undefined;
  code: object | null;
}) {
  const values = figures ?? listedFigures({ model: {}, code });
  const shown = CODE_FIGURES.filter(({ key }) => values[key] != null);
  if (shown.length === 0) return null;
  return (
    <dl class="numbers" aria-label="Figures of the code, on the test split">
      {shown.map(({ key, name, note }) => (
        <div key={key} title={note}>
          <dt>{name.charAt(0).toUpperCase() + name.slice(1)}</dt>
          <dd>{SHARES.has(key) ? `${(100 * values[key]!).toFixed(1)} %` : shortNumber(values[key]!)}</dd>
        </div>
      ))}
    </dl>
  );
}
