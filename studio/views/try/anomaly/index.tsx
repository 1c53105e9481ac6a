/** Many images by how unusual they are, and the threshold between usual and unusual. */
import { useMemo } from 'preact/hooks';
import type { RunEntry } from '../../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../../address.ts';
import type { Host } from '../../../host/host.ts';
import { fileName, saveTable } from '../../../parts/downloads.ts';
import type { Loaded } from '../loaded.ts';
import type { Look } from '../picture.tsx';
import { ScoreChoice, scoreKind } from '../score-choice.tsx';
import { heldOutOf, percent, thresholdAt, verdictOf } from '../threshold.ts';
import { CountsTable, NormalClasses } from './classes.tsx';
import { countsAt } from './counts.ts';
import { scoresCsv } from './csv.ts';
import type { Given } from './given.ts';
import { Large } from './large.tsx';
import { List, nameOf } from './list.tsx';
import { useNormal } from './normal.ts';
import { ScoreButtons } from './score-buttons.tsx';
import { useScores } from './scoring.ts';
import { ImagesChoice, useGiven } from './source.tsx';
import { ThresholdPlot } from './threshold-plot.tsx';

export function AnomalyView({
  host,
  runs,
  loaded,
}: {
  host: Host;
  runs: readonly RunEntry[];
  loaded: Loaded;
}) {
  const { model, ground } = loaded;
  const source = useGiven(host, runs, loaded);
  const { given } = source;
  const kind = scoreKind(model);
  const scoring = useScores(loaded, given, kind);
  const held = heldOutOf(model, kind);
  const { channels, height, width } = model.info.image;
  const look = useMemo<Look>(
    () => ({ channels, height, width, ink: ground === 'dark' && channels === 1 }),
    [channels, height, width, ground],
  );
  const { normal, setNormal } = useNormal(host, loaded, given);
  const { scores } = scoring;
  const threshold = thresholdOf(held, scores);
  const flagged = scores?.reduce((sum, score) => sum + (score > threshold ? 1 : 0), 0) ?? 0;
  const hasBoth = given !== null && normal.size > 0 && normal.size < given.classes.length;
  const chosen = Number(parameter('at') ?? Number.NaN);
  const words =
    given === null
      ? ''
      : `${flagged.toLocaleString('en')} of ${given.count.toLocaleString('en')} images are flagged (${percent(flagged / given.count)})`;
  return (
    <div class="anomaly">
      <section class="choices" aria-label="What is scored">
        <ImagesChoice source={source} runs={runs} loaded={loaded} />
        <ScoreChoice kind={kind} />
        {given !== null && given.classes.length > 1 && (
          <NormalClasses classes={given.classes} normal={normal} onChange={setNormal} />
        )}
      </section>
      {scoring.problem !== null && (
        <p class="failed" role="alert">{`These images cannot be scored: ${scoring.problem}`}</p>
      )}
      {given !== null && scores === null && scoring.problem === null && (
        <p role="status">{`Scoring ${given.words} … ${percent(scoring.done / given.count)}`}</p>
      )}
      {given !== null && scores !== null && (
        <>
          <section class="threshold-part" aria-label="Scores and threshold">
            <ThresholdPlot
              held={held}
              series={seriesOf(given, scores, hasBoth ? normal : null)}
              threshold={threshold}
              words={words}
              onThreshold={(value) => setParameters({ threshold: value })}
            />
            <div class="sorted">
              <p role="status">{`${words}.`}</p>
              {hasBoth && (
                <CountsTable
                  counts={countsAt({ scores, labels: given.labels }, normal, threshold)}
                  scored={{ scores, labels: given.labels }}
                  normal={normal}
                />
              )}
              <Caution loaded={loaded} given={given} hasHeld={held !== null} />
              <ScoreButtons
                hasHeld={held !== null}
                onSave={() => {
                  const rows = [...scores].map((score, i) => ({
                    name: nameOf(given, i),
                    of: given.classes[given.labels[i]!] ?? '',
                    score,
                    flagged: score > threshold,
                  }));
                  saveTable(scoresCsv(rows, kind), `scores-${fileName(loaded.run.name)}.csv`);
                }}
              />
            </div>
          </section>
          {chosen >= 0 && chosen < given.count && (
            <Large
              loaded={loaded}
              given={given}
              i={chosen}
              look={look}
              kind={kind}
              verdict={verdictOf(scores[chosen]!, held, held && threshold)}
            />
          )}
          <List
            given={given}
            scores={scores}
            threshold={threshold}
            look={look}
            chosen={chosen}
            onChoose={(i) => setParameters({ at: i })}
          />
        </>
      )}
    </div>
  );
}

/** The threshold of the address, else the 99 % of the held-out images; without those, the largest score. */
function thresholdOf(held: ReturnType<typeof heldOutOf>, scores: Float64Array | null): number {
  const given = Number(parameter('threshold') ?? Number.NaN);
  if (given >= 0) return given;
  if (held !== null) return thresholdAt(held);
  return scores?.reduce((most, score) => Math.max(most, score), 0) ?? 0;
}

function seriesOf(given: Given, scores: Float64Array, normal: ReadonlySet<number> | null) {
  if (normal === null) return [{ name: given.words, scores: [...scores] }];
  const of = (isNormal: boolean) => [...scores].filter((_, i) => normal.has(given.labels[i]!) === isNormal);
  return [
    { name: 'normal images', scores: of(true) },
    { name: 'unusual images', scores: of(false) },
  ];
}

/** What a reader should know of this threshold. */
function Caution({ loaded, given, hasHeld }: { loaded: Loaded; given: Given; hasHeld: boolean }) {
  const held = loaded.model.statistics?.scores;
  if (!hasHeld || held === undefined) {
    return (
      <p class="hint">
        The model’s files have no scores of held-out images by this kind. Drag the line to set a threshold.
      </p>
    );
  }
  const isSame = held.split === 'test' && given.names === null && parameter('from') === null;
  const notes = [
    held.images < 100 ? `Only ${held.images} images were held out: the threshold is uncertain.` : null,
    isSame
      ? 'These test images set the threshold themselves, so how many are flagged says nothing new.'
      : null,
  ];
  return <p class="hint">{notes.filter((note) => note !== null).join(' ')}</p>;
}
