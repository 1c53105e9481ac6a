/** Which classes are normal, and how the threshold sorts them. */
import type { SampleKind } from '../../../../src/studio/protocol.ts';
import { percent } from '../threshold.ts';
import { aurocOf, type Counts, type Scored } from './counts.ts';

export function NormalClasses({
  classes,
  normal,
  onChange,
}: {
  classes: readonly string[];
  normal: ReadonlySet<number>;
  onChange: (normal: ReadonlySet<number>) => void;
}) {
  return (
    <fieldset class="normal">
      <legend>{`Normal classes${normal.size === 0 ? ' (choose some to see how the threshold sorts them)' : ''}`}</legend>
      {classes.map((name, i) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={normal.has(i)}
            onChange={({ currentTarget }) => {
              const next = new Set(normal);
              if (currentTarget.checked) next.add(i);
              else next.delete(i);
              onChange(next);
            }}
          />
          {name || '(no folder)'}
        </label>
      ))}
    </fieldset>
  );
}

export function CountsTable({
  counts,
  scored,
  normal,
  samples = 'image',
}: {
  counts: Counts;
  scored: Scored;
  normal: ReadonlySet<number>;
  samples?: SampleKind;
}) {
  const { found, missed, falseAlarms, passed } = counts;
  const area = aurocOf(scored, normal);
  const share = (part: number, whole: number) => (whole === 0 ? '' : ` (${percent(part / whole)})`);
  return (
    <>
      <table class="counts">
        <thead>
          <tr>
            <th scope="col">{`${samples}s`}</th>
            <th scope="col">flagged</th>
            <th scope="col">not flagged</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">unusual</th>
            <td>{`${found}${share(found, found + missed)}`}</td>
            <td>{`${missed} missed`}</td>
          </tr>
          <tr>
            <th scope="row">normal</th>
            <td>{`${falseAlarms} false alarms${share(falseAlarms, falseAlarms + passed)}`}</td>
            <td>{passed}</td>
          </tr>
        </tbody>
      </table>
      {area !== null && (
        <p class="hint">
          {`AUROC ${area.toFixed(3)}: how likely an unusual ${samples} has a higher score than a normal one; 1 is perfect, 0.5 is chance.`}
        </p>
      )}
    </>
  );
}
