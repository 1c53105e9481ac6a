/** New pictures or rows: codes drawn from what the model has, decoded. */
import { type SampleSource, type Samples, sample } from 'hourglass/web';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SamplerName } from '../../../../src/studio/protocol.ts';
import { decodeRow } from '../../../../src/tables/decode.ts';
import { addressOf, parameter, setParameters } from '../../../address.ts';
import type { Host } from '../../../host/host.ts';
import { newestWins } from '../../../parts/newest.ts';
import { short } from '../../../parts/plot/ticks.ts';
import { Tiles } from '../../../parts/tiles.tsx';
import { type Loaded, problemOf } from '../loaded.ts';
import type { LoadedRows } from '../rows/loaded.ts';
import { Fit } from './fit.tsx';
import { fittedLater, sourceWords } from './words.ts';

/** Samples that are drawn at once. */
const COUNT = { image: 64, row: 20 };

interface SamplesViewProps {
  readonly host: Host;
  readonly loaded: Loaded | LoadedRows;
  /** Loads the model again: something was fitted to its codes. */
  readonly onFitted: () => void;
}

export function SamplesView({ host, loaded, onFitted }: SamplesViewProps) {
  const { model, run } = loaded;
  const { sources } = model;
  const asked = parameter('from');
  const from = sources.find((name) => name === asked) ?? sources[0] ?? null;
  const seed = Math.max(0, Math.trunc(Number(parameter('seed') ?? 1)) || 0);
  const { condition } = model.info;
  const classes = useMemo(
    () => (condition === null ? [] : condition.classes.filter((name) => !condition.unseen.includes(name))),
    [condition],
  );
  const chosen = classes.find((name) => name === parameter('class')) ?? null;
  const { drawn, problem } = useDrawn(loaded, { from, seed, classes, chosen });
  const missing = fittedLater(model).filter((name) => !sources.includes(name));
  return (
    <div class="drawn">
      <div class="try-bar">
        <label>
          Draw from{' '}
          <select
            value={from ?? ''}
            onChange={({ currentTarget }) => setParameters({ from: currentTarget.value })}
          >
            {sources.map((name) => (
              <option key={name} value={name}>
                {sourceWords(name, model)}
              </option>
            ))}
          </select>
        </label>
        {classes.length > 0 && (
          <label>
            Class{' '}
            <select
              value={chosen ?? ''}
              onChange={({ currentTarget }) => setParameters({ class: currentTarget.value || null })}
            >
              <option value="">each in turn</option>
              {classes.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <button type="button" onClick={() => setParameters({ seed: seed + 1 })}>
          Draw again
        </button>
        <span class="hint">Seed {seed}</span>
      </div>
      {from === null && (
        <p class="failed">
          This model has nothing to draw from: it has no prior, and its statistics.json is missing.
        </p>
      )}
      {problem !== null && <p class="failed" role="alert">{`Nothing can be drawn: ${problem}.`}</p>}
      {drawn !== null && <Shown loaded={loaded} drawn={drawn} />}
      <p class="hint" role="status">
        {drawn === null ? 'Drawing …' : `${capital(drawn.note)}.`}
      </p>
      <Measured run={run} />
      {missing.length > 0 && (
        <Fit
          key={run.id}
          kinds={missing}
          run={run}
          fit={host.fitSampler === undefined ? null : (kind) => host.fitSampler!(run.id, kind)}
          onFitted={(kind: SamplerName) => {
            setParameters({ from: kind });
            onFitted();
          }}
        />
      )}
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Wish {
  readonly from: SampleSource | null;
  readonly seed: number;
  readonly classes: readonly string[];
  /** One class for all; null for each in turn. */
  readonly chosen: string | null;
}

/** What was last drawn. The last ones stay until the next are there. */
function useDrawn({ model, kind }: Loaded | LoadedRows, { from, seed, classes, chosen }: Wish) {
  const [drawn, setDrawn] = useState<Samples | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const draw = useMemo(
    () =>
      newestWins<Wish>(
        async ({ from, seed, classes, chosen }) => {
          if (from === null) return;
          const count = COUNT[kind];
          const inTurn = Array.from(
            { length: count },
            (_, i) => classes[Math.floor((i * classes.length) / count)]!,
          );
          const told = classes.length === 0 ? {} : { classes: chosen ?? inTurn };
          setDrawn(await sample(model, count, seed, { from, ...told }));
          setProblem(null);
        },
        (error) => setProblem(problemOf(error)),
      ),
    [model, kind],
  );
  useEffect(() => draw({ from, seed, classes, chosen }), [draw, from, seed, classes, chosen]);
  return { drawn, problem };
}

function Shown({ loaded, drawn }: { loaded: Loaded | LoadedRows; drawn: Samples }) {
  const { data } = drawn.images;
  if (loaded.kind === 'row') return <DrawnRows loaded={loaded} values={data} />;
  const { channels, height, width } = loaded.model.info.image;
  return (
    <Tiles
      images={Uint8Array.from(data, (value) => Math.round(255 * Math.min(1, Math.max(0, value))))}
      {...{ height, width }}
      channels={channels === 3 ? 3 : 1}
      columns={8}
      ink={channels === 1 && loaded.ground === 'dark'}
      label={`${COUNT.image} pictures that the model has made`}
    />
  );
}

function DrawnRows({ loaded: { rows }, values }: { loaded: LoadedRows; values: Float32Array }) {
  const { columns } = rows.encoding;
  const width = rows.encoding.offset.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="wide" aria-label="Rows that the model has made" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: values.length / width }, (_, i) => (
            <tr key={i}>
              {decodeRow(rows.encoding, values.subarray(i * width, (i + 1) * width)).map((cell, j) => (
                <td key={columns[j]!.name} class={typeof cell === 'number' ? 'number' : undefined}>
                  {typeof cell === 'number' ? short(cell) : String(cell ?? '–')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Where the figures of these samples are. */
function Measured({ run }: { run: Loaded['run'] }) {
  return (
    <p class="hint">
      {run.generation === null ? (
        <>
          How close such samples come to held-out ones is measured by{' '}
          <code>{`hourglass evaluate ${run.name} --generation`}</code>.
        </>
      ) : (
        <a href={addressOf('compare', { run: run.id, runs: run.id })}>
          How close such samples come to held-out ones
        </a>
      )}
    </p>
  );
}
