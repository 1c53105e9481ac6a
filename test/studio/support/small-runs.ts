/** Runs that are trained in a moment, for the view Explore. */
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { blobs } from '../../golden/steps.ts';
import { onNode } from '../../support/page-training.ts';
import type { GivenRun } from './explore-site.ts';

interface Given {
  id: string;
  recipe: string;
  height: number;
  width: number;
  channels: 1 | 3;
  classes: readonly string[];
  /** Images to explore. */
  count: number;
  set?: Record<string, unknown>;
}

const entry = (id: string, recipe: string, broken: string | null = null): RunEntry => ({
  ...{
    id,
    name: id,
    recipe,
    dataset: 'images',
    samples: 'image',
    state: 'finished',
    startedAt: '2026-01-01T00:00:00Z',
    broken,
  },
  ...{ epoch: 1, epochs: 1, parameters: 0, tags: [], figures: {}, verdict: null },
});

export async function smallRun({ id, recipe, count, classes, set = {}, ...shape }: Given): Promise<GivenRun> {
  const { height, width, channels } = shape;
  const size = height * width * channels;
  const images = blobs(160 + count, { height, width, channels });
  const labels = Uint8Array.from(
    { length: 160 + count },
    (_, i) => i % Math.max(1, Math.min(256, classes.length)),
  );
  const part = (from: number, to: number) => ({
    images: images.subarray(from * size, to * size),
    labels: labels.subarray(from, to),
  });
  const isTold = recipe === 'conditional';
  const { model } = await onNode(
    recipe,
    { 'training.epochs': 1, 'training.batchSize': 32, ...set },
    {
      ...shape,
      name: 'images',
      classes: isTold ? classes : [''],
      train: part(0, 160),
      validation: null,
      test: part(160, 184),
    },
  );
  const split = (from: number, to: number) => {
    const { images: values, labels: own } = part(from, to);
    return { values, labels: own };
  };
  return {
    ...{ entry: entry(id, recipe), images: { kind: 'image', height, width, channels, classes }, model },
    splits: { train: split(0, 160), test: split(160, 160 + count) },
  };
}

/** A run without a model, one that is still trained, and one that cannot be read. */
export function brokenRuns(like: GivenRun): GivenRun[] {
  return [
    { ...like, entry: entry('no-model', 'vae'), model: new Map() },
    { ...like, entry: { ...entry('busy', 'vae'), state: 'running' }, model: new Map() },
    { ...like, entry: entry('unreadable', 'vae', 'run.json: is damaged: not valid JSON'), model: new Map() },
  ];
}
