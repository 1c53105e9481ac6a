/** One row: a test row, or one that is typed in, as the model judges it. */
import { useMemo, useState } from 'preact/hooks';
import { decodeRow } from '../../../../src/tables/decode.ts';
import type { EncodedColumn } from '../../../../src/tables/encoding.ts';
import { encodeRecords } from '../../../../src/tables/records.ts';
import { parameter, setParameters } from '../../../address.ts';
import { ScoreChoice, scoreKind } from '../score-choice.tsx';
import { heldOutOf, thresholdAt } from '../threshold.ts';
import { JudgedRow } from './judged-row.tsx';
import { type LoadedRows, rowOf } from './loaded.ts';

/** Columns that have a field. */
const MOST = 200;

type Record = { readonly [name: string]: string };

export function OneRow({ loaded }: { loaded: LoadedRows }) {
  const { model, rows } = loaded;
  const { encoding, count, names, classes, labels } = rows;
  const given = Number(parameter('row') ?? 0);
  const at = Number.isInteger(given) && given >= 0 && given < count ? given : 0;
  const [changes, setChanges] = useState<Record>({});
  const kind = scoreKind(model);
  const held = heldOutOf(model, kind);
  const own = useMemo(() => decodeRow(encoding, rowOf(rows, at)), [encoding, rows, at]);
  const text = (i: number) => changes[encoding.columns[i]!.name] ?? String(own[i] ?? '');
  const isChanged = Object.keys(changes).length > 0;
  const encoded = useMemo(() => {
    if (!isChanged) return { values: rowOf(rows, at), problem: null };
    const record = encoding.columns.map(({ name }, i) => [name, changes[name] ?? own[i] ?? '']);
    try {
      return { values: encodeRecords(encoding, [Object.fromEntries(record)], 'your row'), problem: null };
    } catch (error) {
      return { values: null, problem: (error as Error).message };
    }
  }, [encoding, rows, at, own, changes, isChanged]);
  const go = (next: number) => {
    setChanges({});
    setParameters({ row: next === 0 ? null : next });
  };
  const title = isChanged
    ? `Your row, from test row ${names[at]}`
    : `Row ${names[at]}${classes.length > 1 ? `, ${classes[labels[at]!]}` : ''}`;
  return (
    <div class="try-row">
      <section aria-label="The row">
        <div class="try-bar">
          <label>
            Test row{' '}
            <select value={String(at)} onChange={({ currentTarget }) => go(Number(currentTarget.value))}>
              {names.slice(0, 1000).map((name, i) => (
                <option key={i} value={i}>
                  {classes.length > 1 ? `${name} (${classes[labels[i]!]})` : name}
                </option>
              ))}
              {at >= 1000 && <option value={at}>{names[at]}</option>}
            </select>
          </label>
          <button type="button" onClick={() => go((at + 1) % count)}>
            Next
          </button>
          {isChanged && (
            <button type="button" onClick={() => setChanges({})}>
              As it was
            </button>
          )}
        </div>
        <div class="row-fields">
          {encoding.columns.slice(0, MOST).map((column, i) => (
            <CellField
              key={column.name}
              column={column}
              value={text(i)}
              mayBeMissing={encoding.missing === 'mean'}
              onChange={(value) => setChanges({ ...changes, [column.name]: value })}
            />
          ))}
        </div>
        {encoding.columns.length > MOST && (
          <p class="hint">{`The first ${MOST} of ${encoding.columns.length.toLocaleString('en')} columns can be changed here.`}</p>
        )}
      </section>
      <section aria-label="What the model makes of it">
        <ScoreChoice kind={kind} samples="row" />
        {encoded.problem !== null && (
          <p class="failed" role="alert">
            {encoded.problem}
          </p>
        )}
        {encoded.values !== null && (
          <JudgedRow
            {...{ loaded, title, kind, held }}
            values={encoded.values}
            threshold={held && thresholdAt(held)}
          />
        )}
      </section>
    </div>
  );
}

function CellField({
  column,
  value,
  mayBeMissing,
  onChange,
}: {
  column: EncodedColumn;
  value: string;
  mayBeMissing: boolean;
  onChange: (value: string) => void;
}) {
  if (column.type === 'number') {
    return (
      <label>
        <span>{column.name}</span>
        <input
          type="text"
          inputMode="decimal"
          value={value}
          placeholder={mayBeMissing ? 'missing' : ''}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
    );
  }
  const known = column.type === 'boolean' ? column.words : column.values;
  const others = known.includes(value) || value === '' ? [] : [value];
  return (
    <label>
      <span>{column.name}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {(mayBeMissing || value === '') && <option value="">missing</option>}
        {[...known, ...others].map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
