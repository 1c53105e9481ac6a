/** Test rows by how unusual they are, the columns that did it, and the threshold between usual and unusual. */
import { parameter, setParameters } from '../../../address.ts';
import { csv, fileName, saveTable } from '../../../parts/downloads.ts';
import { CountsTable, NormalClasses } from '../anomaly/classes.tsx';
import { countsAt } from '../anomaly/counts.ts';
import { ScoreButtons } from '../anomaly/score-buttons.tsx';
import { ThresholdPlot } from '../anomaly/threshold-plot.tsx';
import { ScoreChoice, scoreKind } from '../score-choice.tsx';
import { heldOutOf, percent, thresholdAt } from '../threshold.ts';
import { JudgedRow } from './judged-row.tsx';
import { RowList } from './list.tsx';
import { type LoadedRows, rowOf } from './loaded.ts';
import { type RowScoring, useRowScores } from './scoring.ts';

/** The normal classes: those of the address, else the one that was trained on. */
function normalOf({ classes, encoding }: LoadedRows['rows']): ReadonlySet<number> {
  const given = parameter('normal');
  const trained = encoding.label?.normal;
  const names = given !== null ? given.split(',') : trained == null ? [] : [trained];
  return new Set([...classes.keys()].filter((i) => names.includes(classes[i]!)));
}

export function RowAnomalies({ loaded }: { loaded: LoadedRows }) {
  const { model, rows } = loaded;
  const kind = scoreKind(model);
  const scoring = useRowScores(loaded, kind);
  const held = heldOutOf(model, kind);
  const { scores, shares } = scoring;
  const normal = normalOf(rows);
  const hasBoth = normal.size > 0 && normal.size < rows.classes.length;
  const given = Number(parameter('threshold') ?? Number.NaN);
  const threshold = given >= 0 ? given : held !== null ? thresholdAt(held) : Math.max(0, ...(scores ?? []));
  const flagged = scores?.reduce((sum, score) => sum + (score > threshold ? 1 : 0), 0) ?? 0;
  const words = `${flagged.toLocaleString('en')} of ${rows.count.toLocaleString('en')} test rows are flagged (${percent(flagged / rows.count)})`;
  const chosen = Number(parameter('at') ?? Number.NaN);
  const isChosen = chosen >= 0 && chosen < rows.count;
  return (
    <div class="anomaly">
      <section class="choices" aria-label="What is scored">
        <ScoreChoice kind={kind} samples="row" />
        {rows.classes.length > 1 && (
          <NormalClasses
            classes={rows.classes}
            normal={normal}
            onChange={(next) => setParameters({ normal: [...next].map((i) => rows.classes[i]).join(',') })}
          />
        )}
      </section>
      {scoring.problem !== null && (
        <p class="failed" role="alert">{`These rows cannot be scored: ${scoring.problem}`}</p>
      )}
      {scores === null && scoring.problem === null && (
        <p role="status">{`Scoring the test rows … ${percent(scoring.done / rows.count)}`}</p>
      )}
      {scores !== null && (
        <>
          <section class="threshold-part" aria-label="Scores and threshold">
            <ThresholdPlot
              {...{ held, threshold, words }}
              samples="rows"
              series={seriesOf(rows, scores, hasBoth ? normal : null)}
              onThreshold={(value) => setParameters({ threshold: value })}
            />
            <div class="sorted">
              <p role="status">{`${words}.`}</p>
              {hasBoth && (
                <CountsTable
                  samples="row"
                  counts={countsAt({ scores, labels: rows.labels }, normal, threshold)}
                  scored={{ scores, labels: rows.labels }}
                  normal={normal}
                />
              )}
              {held !== null && held.images < 100 && (
                <p class="hint">{`Only ${held.images} rows were held out: the threshold is uncertain.`}</p>
              )}
              <ScoreButtons
                hasHeld={held !== null}
                onSave={() =>
                  saveTable(asCsv(rows, scoring, threshold), `scores-${fileName(loaded.run.name)}.csv`)
                }
              />
            </div>
          </section>
          {isChosen && (
            <section class="large" aria-label="The row in full">
              <JudgedRow
                {...{ loaded, kind, held, threshold }}
                values={rowOf(rows, chosen)}
                title={`Row ${rows.names[chosen]}`}
              />
            </section>
          )}
          <RowList {...{ rows, scores, shares, threshold }} chosen={isChosen ? chosen : null} />
        </>
      )}
    </div>
  );
}

function seriesOf({ labels }: LoadedRows['rows'], scores: Float64Array, normal: ReadonlySet<number> | null) {
  if (normal === null) return [{ name: 'test rows', scores: [...scores] }];
  const of = (isNormal: boolean) => [...scores].filter((_, i) => normal.has(labels[i]!) === isNormal);
  return [
    { name: 'normal rows', scores: of(true) },
    { name: 'unusual rows', scores: of(false) },
  ];
}

/** As `hourglass anomaly` writes it. */
function asCsv(
  { names, labels, classes, encoding }: LoadedRows['rows'],
  scoring: RowScoring,
  threshold: number,
) {
  const heads = [1, 2, 3].flatMap((n) => [`column${n}`, `share${n}`]);
  return csv(
    ['row', 'class', 'score', 'flagged', ...heads],
    names.map((name, i) => {
      const score = scoring.scores![i]!;
      const shares = [0, 1, 2].flatMap((n) => {
        const found = scoring.shares[i]?.[n];
        if (found === undefined) return ['', ''];
        return [encoding.columns[found.column]!.name, Number(found.share.toPrecision(3))];
      });
      const of = classes.length > 1 ? classes[labels[i]!]! : '';
      return [name, of, score, String(score > threshold), ...shares];
    }),
  );
}
