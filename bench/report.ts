/** All that a run measured, as it is stored in JSON, and how hourglass stands against each of the others. */

import type { PageReport } from './browser/report.ts';
import type { Cost } from './cost.ts';
import type { Costs } from './costs.ts';
import type { LoadingContest } from './loading-contest.ts';
import { bestOf, type Measurements } from './measure.ts';
import type { Network } from './network.ts';
import type { Scaling } from './scaling.ts';
import { pairedRatio, type Spread, spread } from './statistics.ts';
import type { StudioReport } from './studio.ts';
import type { WatchingReport } from './watching.ts';

/** What was measured of one network. */
export interface Measured {
  network: Pick<Network, 'name' | 'about' | 'work' | 'aims'>;
  cost: Cost;
  measurements: Measurements;
}

export interface Report {
  date: string;
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  threads: number;
  load: { before: number[]; after: number[] };
  versions: Record<string, string>;
  rounds: number;
  lateSteps: number;
  absent: Record<string, string>;
  measured: Measured[];
  /** Null where they were not asked for. */
  costs: Costs | null;
  scaling: Scaling | null;
  page: PageReport | null;
  /** Or, in words, why it was not measured. */
  studio: StudioReport[] | string | null;
  /** As `studio`. */
  watching: WatchingReport | string | null;
  /** Absent in reports of before. */
  loading?: LoadingContest | null;
}

/** The others by the names of their programs, as people call them. */
export const RIVALS = {
  pytorch: 'PyTorch',
  jax: 'JAX',
  tfjs: 'TensorFlow.js',
  'jax-js': 'jax-js',
  floor: 'the floor',
} as const;
export type Rival = keyof typeof RIVALS;

/** One of our batch sizes against the best mode of one of the others. */
export interface Standing {
  network: string;
  batch: number;
  ours: Spread;
  rival: Rival;
  mode: string;
  theirs: Spread;
  /** Theirs divided by ours, round by round. */
  ratio: Spread;
  /** The same of the fastest step in each round: what is left of a machine that others use too. */
  ofFastest: Spread;
  /** What the ratio is to be at least; null where nothing is aimed at. */
  aim: number | null;
}

export function standings({ network, measurements: { series } }: Measured): Standing[] {
  const batches = [...new Set(series.map(({ batch }) => batch))];
  return batches.flatMap((batch) => {
    const ours = bestOf(series, 'hourglass', batch);
    if (ours === undefined) return [];
    return (Object.keys(RIVALS) as Rival[]).flatMap((rival) => {
      const best = bestOf(series, rival, batch);
      if (best === undefined) return [];
      return {
        network: network.name,
        batch,
        ours: spread(ours.rounds),
        rival,
        mode: best.mode,
        theirs: spread(best.rounds),
        ratio: pairedRatio(best.rounds, ours.rounds),
        ofFastest: pairedRatio(best.fastest, ours.fastest),
        aim: network.aims[rival] ?? null,
      };
    });
  });
}

/** Load per core before the bench began, above which its results are not to be quoted. */
const BUSY = 0.25;

/** What a reader is to be warned of; null where nothing was amiss. */
export function caution({ machine, load }: Report): string | null {
  if (load.before[0]! <= BUSY * machine.cores) return null;
  return (
    `**The machine was not at rest when this began: a load average of ${load.before[0]}, above ${BUSY * machine.cores}. If others used it ` +
    'meanwhile, libraries that wait in OpenMP barriers (PyTorch) or spin (ONNX Runtime) lost many times over: not to be quoted.**'
  );
}

export function circumstances({ machine, versions, load, threads, rounds, date }: Report): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.replace('T', ' ')} UTC; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${threads} threads; ` +
    `load average ${load.before[0]} before, ${load.after[0]} after; ${rounds} rounds; ${named.join(', ')}.`
  );
}
