/** Loads a run's model and samples, and computes their codes. */
import { inWordsFor } from '../../../src/samples/words.ts';
import type { RunEntry, SampleSet } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';
import { encodeAll } from './codes.ts';
import { type AnyExplorer, explorerOf } from './explorer-of.ts';
import type { Doing } from './progress.tsx';
import type { Split } from './settings.ts';

/** The codes of what was explored last, so that coming back to this view does not compute them again. */
const kept: { key: string; known: Pick<AnyExplorer, 'set' | 'codes' | 'errors'> }[] = [];
const KEPT = 2;

export interface Opening {
  /** Aborted when the view no longer shows it: its model is then disposed of. */
  readonly signal: AbortSignal;
  /** Is called with more and more of the samples, in the end with all. */
  show(explorer: AnyExplorer): void;
  onDoing(doing: Doing): void;
}

export async function openRun(
  host: Host,
  run: RunEntry,
  chosen: Split,
  { signal, show, onDoing }: Opening,
): Promise<void> {
  const key = `${run.id} ${chosen} ${run.epoch} ${run.state}`;
  onDoing({ what: 'Loading the model', done: 0, of: 0 });
  const model = await host.model(run.id);
  // A model holds a worker and its memory; loading it again takes a moment.
  const end = () => void model.dispose();
  if (signal.aborted) end();
  signal.throwIfAborted();
  signal.addEventListener('abort', end, { once: true });
  const at = kept.findIndex((each) => each.key === key);
  if (at >= 0) {
    const [entry] = kept.splice(at, 1);
    kept.unshift(entry!);
    const { set, codes, errors } = entry!.known;
    const explorer = explorerOf(model, set, codes);
    explorer.errors.value = errors.peek();
    entry!.known = { set, codes, errors: explorer.errors };
    show(explorer);
    return;
  }
  onDoing({ what: inWordsFor(run.samples, 'Loading the images'), done: 0, of: 0 });
  const splits = chosen === 'all' ? (['train', 'test'] as const) : [chosen];
  const set = joined(await Promise.all(splits.map((each) => host.samples(run.id, each))));
  signal.throwIfAborted();
  if (set.count === 0) throw new Error(inWordsFor(set.kind, 'this split has no images: choose other ones'));
  const codes = await encodeAll(model, set, {
    signal,
    onProgress: (done, of) => onDoing({ what: 'Computing codes', done, of }),
    onPart: (part) => show(explorerOf(model, set, part)),
  });
  const explorer = explorerOf(model, set, codes);
  kept.unshift({ key, known: { set, codes, errors: explorer.errors } });
  kept.length = Math.min(kept.length, KEPT);
  show(explorer);
}

/** The samples of a run's splits as one set. */
function joined(sets: readonly SampleSet[]): SampleSet {
  const first = sets[0]!;
  if (sets.length === 1) return first;
  const count = sets.reduce((sum, each) => sum + each.count, 0);
  const labels = concatenated(
    sets.map((each) => each.labels),
    Uint8Array,
  );
  if (first.kind === 'image') {
    const values = sets.map((each) => each.values as Uint8Array);
    return { ...first, count, labels, values: concatenated(values, Uint8Array) };
  }
  const values = sets.map((each) => each.values as Float32Array);
  const names = sets.flatMap((each) => (each.kind === 'row' ? each.names : []));
  return { ...first, count, labels, names, values: concatenated(values, Float32Array) };
}

function concatenated<T extends Uint8Array | Float32Array>(
  parts: readonly T[],
  type: new (length: number) => T,
): T {
  const whole = new type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
