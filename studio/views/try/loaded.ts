/** The model of a run, and its test images, for as long as a view shows them. */
import type { PageModel } from 'hourglass/web';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ImageSet, RunDetails, RunEntry } from '../../../src/studio/protocol.ts';
import { onReturn } from '../../host/connection.ts';
import type { Host } from '../../host/host.ts';
import { isOfRows } from '../../parts/rows.ts';
import { imagesOf, rowsOf } from '../../parts/samples.ts';
import { type Ground, groundOfSet } from './pictures/ground.ts';
import type { LoadedRows } from './rows/loaded.ts';

export interface Loaded {
  readonly kind: 'image';
  readonly run: RunDetails;
  readonly model: PageModel;
  /** Null if they cannot be had; `imagesProblem` then says why. */
  readonly images: ImageSet | null;
  readonly imagesProblem: string | null;
  /** The ground that the images have in common. */
  readonly ground: Ground | null;
}

export type Loading =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: string }
  | { readonly state: 'ready'; readonly loaded: Loaded | LoadedRows };

/** What went wrong, to be put into a sentence. */
export const problemOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

/** All runs; null until they are known. */
export function useRuns(host: Host): { runs: readonly RunEntry[] | null; problem: string | null } {
  const [runs, setRuns] = useState<readonly RunEntry[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const read = () =>
      void host.runs().then(
        (found) => {
          if (!current) return;
          setRuns(found);
          setProblem(null);
        },
        (error) => current && setProblem(problemOf(error)),
      );
    read();
    const end = onReturn(read);
    return () => {
      current = false;
      end();
    };
  }, [host]);
  return { runs, problem };
}

/** Runs that can have a model, the newest first. */
export const withModel = (runs: readonly RunEntry[]): RunEntry[] =>
  runs
    .filter((run) => run.broken === null && (run.state === 'finished' || run.epoch > 0))
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt));

/** Loads a run's model; another id, or the end of the view, lets it go. */
export function useLoaded(host: Host, id: string | null): { loading: Loading; reload: () => void } {
  const [loading, setLoading] = useState<Loading>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const hasFailed = loading.state === 'failed';
  useEffect(() => (hasFailed ? onReturn(() => setAttempt((count) => count + 1)) : undefined), [hasFailed]);
  useEffect(() => {
    if (id === null) return;
    let current = true;
    let model: PageModel | undefined;
    setLoading({ state: 'loading' });
    const load = async () => {
      const run = await host.run(id);
      if (!run.hasModel) {
        throw new Error('it has no model yet: a training writes it when it has finished');
      }
      model = await host.model(id);
      if (!current) return model.dispose();
      if (isOfRows(run)) {
        const rows = await rowsOf(host, id, 'test');
        if (current) setLoading({ state: 'ready', loaded: { kind: 'row', run, model, rows } });
        return;
      }
      let [images, imagesProblem]: [ImageSet | null, string | null] = [null, null];
      try {
        images = await imagesOf(host, id, 'test');
      } catch (error) {
        imagesProblem = problemOf(error);
      }
      if (!current) return;
      const ground = images === null ? groundByName(model) : groundOfSet(images);
      setLoading({ state: 'ready', loaded: { kind: 'image', run, model, images, imagesProblem, ground } });
    };
    load().catch((error) => current && setLoading({ state: 'failed', problem: problemOf(error) }));
    return () => {
      current = false;
      void model?.dispose();
    };
  }, [host, id, attempt]);
  return { loading, reload: useCallback(() => setAttempt((count) => count + 1), []) };
}

/** Without images, only sets whose ground is known: the mean code says nothing of it. */
const groundByName = ({ info }: PageModel): Ground | null => (/mnist/i.test(info.dataset) ? 'dark' : null);
