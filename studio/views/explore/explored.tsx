/** A run's codes on screen: the plane at the left, what is pointed at and the panels at the right. */
import { computed, effect, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { errorsOf } from './codes.ts';
import { colouring } from './colouring.ts';
import { ImageDetails } from './details.tsx';
import type { AnyExplorer } from './explorer-of.ts';
import { Legend } from './legend.tsx';
import { Plane } from './plane.tsx';
import { type Doing, Progress } from './progress.tsx';
import { ofOneUnit, ofPrincipalAxes, ofUnits, type Projection } from './projection.ts';
import { RowDetails } from './rows/details.tsx';
import { axes, colourBy, type Plane as PlaneName, plane, setParameters } from './settings.ts';
import { SpaceScene } from './space.tsx';
import { umapOf } from './umap.ts';

/** A plane that is ready to be shown. The last one stays on screen while the next one is computed. */
interface Ready {
  readonly explorer: AnyExplorer;
  readonly projection: Projection;
  readonly plane: PlaneName;
}

const inLine = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param whole whether `newest` has all samples that there are. */
export function Explored({ newest, name, whole }: { newest: AnyExplorer; name: string; whole: boolean }) {
  const ready = useSignal<Ready | null>(null);
  const explorer = ready.value?.explorer ?? newest;
  const { units, count } = newest.codes;
  const { classes } = newest.set;
  const { properties } = newest;
  const now = plane(units);
  const chosen = axes(units).join();
  const doing = useSignal<Doing | null>(null);
  const failure = useSignal<string | null>(null);
  const coloured = useMemo(
    () => computed(() => colouring(explorer, colourBy(units, classes.length, properties))),
    [explorer, units, classes, properties],
  );

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    failure.value = null;
    const made = async () => {
      const { codes, set } = newest;
      const own = chosen.split(',').map(Number);
      if (now === 'space') return ofUnits(codes, own);
      if (units === 1) return ofOneUnit(codes, set.labels);
      if (now === 'units') return ofUnits(codes, own.slice(0, 2));
      if (now === 'axes') return ofPrincipalAxes(codes, 2, signal);
      return umapOf(codes, {
        signal,
        onProgress: (now) => {
          if (!signal.aborted) doing.value = { ...now, what: newest.worded(now.what) };
        },
      });
    };
    // UMAP of a part would be another picture: it waits for all samples.
    if (now === 'umap' && !whole) return;
    made().then(
      (found) => {
        if (signal.aborted) return;
        doing.value = null;
        newest.projection.value = found;
        newest.restorePoint();
        ready.value = { explorer: newest, projection: found, plane: now };
      },
      (error) => {
        if (signal.aborted) return;
        doing.value = null;
        failure.value = newest.worded(inLine(error));
      },
    );
    return () => {
      abort.abort();
      doing.value = null;
    };
  }, [newest, now, chosen, units, whole, doing, failure, ready]);

  // The errors of all samples are computed when they are first asked for.
  const byError = colourBy(units, classes.length, properties) === 'error';
  const measuring = useSignal<Doing | null>(null);
  useEffect(() => {
    if (!byError || !whole || explorer.errors.peek() !== null) return;
    const abort = new AbortController();
    errorsOf(explorer, {
      signal: abort.signal,
      onProgress: (done, of) => {
        measuring.value = { what: 'Computing errors', done, of };
      },
    }).then(
      (errors) => {
        measuring.value = null;
        explorer.errors.value = errors;
      },
      (error) => {
        measuring.value = null;
        if (!abort.signal.aborted) failure.value = inLine(error);
      },
    );
    return () => abort.abort();
  }, [explorer, byError, whole, measuring, failure]);

  useEffect(
    () =>
      effect(() => {
        const index = explorer.shown.value;
        explorer.decode({ code: explorer.code.value, index, as: explorer.classFor(index) });
      }),
    [explorer],
  );

  const projection = ready.value?.projection ?? null;
  return (
    <div class="halves">
      <div class="left">
        {doing.value !== null && (
          <Progress doing={doing.value} onCancel={() => setParameters({ plane: null })} />
        )}
        {failure.value !== null && <p class="failed">{failure.value}</p>}
        {projection !== null &&
          (ready.value?.plane === 'space' ? (
            <SpaceScene explorer={explorer} projection={projection} coloured={coloured} name={name} />
          ) : (
            <Plane explorer={explorer} projection={projection} coloured={coloured} name={name} />
          ))}
        {measuring.value !== null && <Progress doing={measuring.value} />}
        <Legend coloured={coloured} />
        {projection !== null && (
          <p class="soft">
            {explorer.worded(projection.note)}
            {whole &&
              newest.set.count > count &&
              explorer.worded(
                ` The first ${count.toLocaleString('en')} of ${explorer.set.count.toLocaleString('en')} images are shown: codes of ${units.toLocaleString('en')} units take much memory.`,
              )}
          </p>
        )}
        {explorer.broken > 0 && (
          <p class="failed">
            {explorer.worded(
              explorer.broken === count
                ? 'The codes of all images hold values that are not numbers: nothing can be shown. The training has probably diverged; lower its learning rate.'
                : `${explorer.broken.toLocaleString('en')} of ${count.toLocaleString('en')} images have a code with values that are not numbers; they are not shown.`,
            )}
          </p>
        )}
      </div>
      <aside class="right" aria-label="Details">
        {explorer.kind === 'row' ? (
          <RowDetails explorer={explorer} name={name} />
        ) : (
          <ImageDetails explorer={explorer} name={name} />
        )}
      </aside>
    </div>
  );
}
