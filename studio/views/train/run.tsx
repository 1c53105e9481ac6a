/** One run: what it does, its losses, its pictures, and what came out. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunDetails, Snapshot } from '../../../src/studio/protocol.ts';
import { addressOf } from '../../address.ts';
import type { Host } from '../../host/host.ts';
import { Curves, type Series } from '../../parts/curves.tsx';
import { Later } from '../../parts/later.tsx';
import { wholeNumber } from '../../parts/numbers.ts';
import { inSettings } from '../../parts/remedy.ts';
import { Controls, type ControlsProps } from './controls.tsx';
import { Downloads } from './downloads.tsx';
import { wordsOf } from './fields.ts';
import { LivePictures } from './live.tsx';
import { useRun, type Watched } from './watched.ts';

export type RunProps = Pick<ControlsProps, 'host' | 'id' | 'onAgain'> & {
  /** Takes it off the page; null where it is the only one. */
  readonly onClose: (() => void) | null;
};

const STATES: Readonly<Record<Watched['state'], string>> = {
  waiting: 'Waiting',
  running: 'Training',
  paused: 'Paused',
  evaluating: 'Measuring',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
};

export function Run({ host, id, onAgain, onClose }: RunProps) {
  const [session, setSession] = useState(0);
  const resumed = () => setSession((count) => count + 1);
  return <FollowedRun key={`${id} ${session}`} {...{ host, id, onAgain, onClose }} onResumed={resumed} />;
}

function FollowedRun({ host, id, onAgain, onClose, onResumed }: RunProps & { onResumed: () => void }) {
  const watched = useRun(host, id);
  const { header, snapshot, state, rows, step, finished } = watched;
  const classes = useMemo(() => (snapshot === null ? [] : classNames(header, snapshot)), [header, snapshot]);
  return (
    <section class="run" aria-label={header?.recipe ?? 'Run'}>
      <header class="run-head">
        <h2>{header?.recipe ?? '…'}</h2>
        <span class={`state ${state}`} role="status">
          {STATES[state]}
          {state === 'evaluating' && watched.measuring !== null ? `: ${watched.measuring}` : ''}
        </span>
        {header !== null && <span class="about">{header.dataset.name}</span>}
        {onClose !== null && (
          <button type="button" class="close" aria-label="Take this run off the page" onClick={onClose}>
            ×
          </button>
        )}
      </header>
      <Controls {...{ host, id, watched, onAgain, onResumed }} />
      {watched.problem !== null && (
        <p class="failed" role="alert">
          {watched.problem}
        </p>
      )}
      {header !== null && <Numbers watched={watched} />}
      {state === 'finished' && (
        <Outcome
          {...{ host, id, finished }}
          isOfRows={samplesOf(header) === 'rows'}
          name={header?.recipe ?? 'run'}
        />
      )}
      {(rows.length > 0 || step !== null) && (
        <div class="cards curves-row">
          <div class="card wide">
            <Curves
              title="Loss"
              xLabel="epoch"
              yLabel={`loss${unitOf(watched)}`}
              series={lossSeries(watched)}
              height={230}
            />
          </div>
          <Parts rows={rows} epochs={rows.length} samples={samplesOf(header)} />
        </div>
      )}
      {snapshot !== null && <LivePictures snapshot={snapshot} classes={classes} />}
      {snapshot === null && state === 'waiting' && <p class="note">The first step is under way …</p>}
      {header !== null && <Notes watched={watched} />}
    </section>
  );
}

/** The parts of the validation loss; drawn again once an epoch. */
function Parts({ rows, epochs, samples }: { rows: Watched['rows']; epochs: number; samples: string }) {
  return useMemo(
    () =>
      partNames(rows).length > 1 && (
        <div class="card wide">
          <Curves
            title={`Its parts, on validation ${samples}`}
            xLabel="epoch"
            yLabel="part of the loss"
            series={partSeries(rows)}
            height={230}
          />
        </div>
      ),
    [rows, epochs, samples],
  );
}

/** The strip has a caption for each class it shows; a folder's classes are in the header. */
function classNames(header: Watched['header'], { codes }: Snapshot): readonly string[] {
  if (header !== null && header.classes.length > 0) return header.classes.map(({ name }) => name);
  const most = codes.labels.reduce((found, label) => Math.max(found, label), 0);
  return most === 0 ? [''] : Array.from({ length: most + 1 }, (_, i) => String(i));
}

function Numbers({ watched }: { watched: Watched }) {
  const { header, step, rows, snapshot, state } = watched;
  const epoch = state === 'finished' ? (rows.at(-1)?.epoch ?? 0) : (step?.epoch ?? rows.at(-1)?.epoch ?? 0);
  const speed = step?.imagesPerSecond ?? rows.at(-1)?.imagesPerSecond;
  const noun = capital(samplesOf(header));
  const steps = Math.max(snapshot?.step ?? 0, rows.at(-1)?.step ?? 0);
  const shown: [string, string][] = [
    ['Epoch', `${epoch} of ${wholeNumber(header!.epochs)}`],
    ...(steps > 0 ? [['Steps', wholeNumber(steps)] as [string, string]] : []),
    ...(speed === undefined
      ? []
      : [[`${noun} a second`, wholeNumber(Math.round(speed))] as [string, string]]),
    ['Parameters', wholeNumber(header!.parameters)],
    [noun, `${wholeNumber(header!.counts.train)} + ${wholeNumber(header!.counts.test)} for the test`],
    ['Seed', String(header!.seed)],
  ];
  return (
    <>
      <progress
        aria-label="Epochs done"
        max={header!.epochs}
        value={state === 'finished' ? header!.epochs : progressOf(watched)}
      />
      <dl class="numbers">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What it is trained on, as texts name it. */
const samplesOf = (header: Watched['header']): 'images' | 'rows' =>
  header?.dataset.samples === 'row' ? 'rows' : 'images';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const progressOf = ({ step, rows }: Watched): number =>
  Math.max(step === null ? 0 : step.epoch - 1 + step.step / step.steps, rows.at(-1)?.epoch ?? 0);

const partNames = (rows: Watched['rows']): string[] =>
  Object.keys(rows[0]?.validation ?? {}).filter((name) => name !== 'loss');

/** The unit of the loss, where its definition says one. */
function unitOf({ header }: Watched): string {
  const text = header?.loss.join(' ') ?? '';
  if (!/nats/.test(text)) return '';
  const isSum = /summed over (pixels|values)/.test(text);
  if (samplesOf(header) === 'rows') return isSum ? ', nats per row' : ', nats per value';
  return isSum ? ', nats per image' : ', nats per pixel';
}

function lossSeries({ rows, running }: Watched): Series[] {
  const x = rows.map(({ epoch }) => epoch);
  return [
    { name: 'training', x, y: rows.map(({ training }) => training.loss ?? null), colour: 0 },
    {
      ...{ name: 'validation', x, colour: 1, dashed: true },
      y: rows.map(({ validation }) => validation.loss ?? null),
    },
    { name: 'within the epoch', ...running, colour: 7 },
  ];
}

/** Where the words of a key are not its name. */
const PARTS: Readonly<Record<string, string>> = {
  klDivergence: 'KL divergence',
  importance: 'importance gain',
  l1: 'L1',
  l2: 'L2',
};

const partSeries = (rows: Watched['rows']): Series[] =>
  partNames(rows).map((name, i) => ({
    name: PARTS[name] ?? wordsOf(name),
    x: rows.map(({ epoch }) => epoch),
    y: rows.map(({ validation }) => validation[name] ?? null),
    colour: i + 2,
  }));

const codeFigures = async () => (await import('./code-figures.tsx')).CodeFigures;

/** What came out, in sentences. */
function Outcome({
  host,
  id,
  finished,
  isOfRows,
  name,
}: {
  host: Host;
  id: string;
  finished: Watched['finished'];
  isOfRows: boolean;
  name: string;
}) {
  const [details, setDetails] = useState<RunDetails | null>(null);
  useEffect(() => {
    if (finished === null) void host.run(id).then(setDetails, () => {});
  }, [host, id, finished]);
  const verdict = finished?.evaluation.diagnosis.verdict ?? details?.verdict ?? null;
  const findings = finished?.evaluation.diagnosis.findings ?? details?.findings ?? [];
  const code = finished?.evaluation.code ?? null;
  if (verdict === null) return null;
  const isUseless = findings.some(({ level }) => level === 'useless');
  return (
    <div class={`card outcome ${isUseless ? 'useless' : ''}`}>
      <p class="verdict">{verdict}</p>
      {findings.map(({ kind, level, sentence, cause, remedy }) => (
        <p key={kind} class="finding">
          {level === 'useless' && sentence === verdict ? '' : `${sentence} `}
          {cause} <strong>{inSettings(remedy)}</strong>
        </p>
      ))}
      <Later
        load={codeFigures}
        render={(CodeFigures) => <CodeFigures figures={details?.figures} code={code} />}
      />
      <p class="next">
        <a href={addressOf('explore', { run: id })}>Explore its code</a>
        {isOfRows && <a href={addressOf('try', { run: id, mode: 'anomalies' })}>Find unusual rows</a>}
        <a
          href={addressOf('try', { run: id, mode: 'samples' })}
        >{`Draw new ${isOfRows ? 'rows' : 'pictures'}`}</a>
        <a href={addressOf('try', { run: id })}>{`Try it on ${isOfRows ? 'rows' : 'pictures'}`}</a>
        <a href={addressOf('compare', { run: id, runs: id })}>Compare with other runs</a>
      </p>
      <Downloads {...{ host, id, name }} />
    </div>
  );
}

function Notes({ watched }: { watched: Watched }) {
  const { header, warnings, rates } = watched;
  const changes = rates.map(({ step, learningRate }) => `Learning rate ${learningRate} after step ${step}.`);
  return (
    <details class="notes">
      <summary>About this run</summary>
      <ul>
        {header!.loss.map((part) => (
          <li key={part}>Loss: {part}</li>
        ))}
        <li>Layers: {header!.shape}</li>
        <li>Optimiser: {header!.optimiser}</li>
        <li>{`${capital(samplesOf(header))}: ${header!.dataset.source}`}</li>
        {header!.corruption !== null && <li>Noise: {header!.corruption}</li>}
        {[...header!.notes, ...warnings, ...changes].map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}
