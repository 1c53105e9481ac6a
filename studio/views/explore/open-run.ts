/** Loads a run's model and images, and computes their codes. */
import type { ImageSet, RunEntry } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';
import { imagesOf } from '../../parts/samples.ts';
import { encodeAll } from './codes.ts';
import { Explorer } from './explorer.ts';
import type { Doing } from './progress.tsx';
import type { Split } from './settings.ts';

/** The codes of what was explored last, so that coming back to this view does not compute them again. */
const kept: { key: string; known: Pick<Explorer, 'set' | 'codes' | 'errors'> }[] = [];
const KEPT = 2;

export interface Opening {
  /** Aborted when the view no longer shows it: its model is then disposed of. */
  readonly signal: AbortSignal;
  /** Is called with more and more of the images, in the end with all. */
  show(explorer: Explorer): void;
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
    const explorer = new Explorer(model, set, codes);
    explorer.errors.value = errors.peek();
    entry!.known = { set, codes, errors: explorer.errors };
    show(explorer);
    return;
  }
  onDoing({ what: 'Loading the images', done: 0, of: 0 });
  const splits = chosen === 'all' ? (['train', 'test'] as const) : [chosen];
  const set = joined(await Promise.all(splits.map((each) => imagesOf(host, run.id, each))));
  signal.throwIfAborted();
  if (set.count === 0) throw new Error('this split has no images: choose other ones');
  const codes = await encodeAll(model, set, {
    signal,
    onProgress: (done, of) => onDoing({ what: 'Computing codes', done, of }),
    onPart: (part) => show(new Explorer(model, set, part)),
  });
  const explorer = new Explorer(model, set, codes);
  kept.unshift({ key, known: { set, codes, errors: explorer.errors } });
  kept.length = Math.min(kept.length, KEPT);
  show(explorer);
}

function joined(sets: readonly ImageSet[]): ImageSet {
  const first = sets[0]!;
  if (sets.length === 1) return first;
  return {
    ...first,
    count: sets.reduce((sum, { count }) => sum + count, 0),
    values: concatenated(sets.map(({ values }) => values)),
    labels: concatenated(sets.map(({ labels }) => labels)),
  };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
