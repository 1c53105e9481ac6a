/** What this machine offers and which versions run on it: what a result needs to be reproduced. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { packageVersion } from '../version.ts';
import { nodeEngine } from './engine/index.ts';

/** The cores that this process may use. */
export const cores = (): number => Math.max(1, availableParallelism());

/** Threads for one training: the cores at hand, but no more than pay off on networks of this size. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(8, availableParallelism()));
}

export interface Versions {
  hourglass: string;
  node: string;
  onnxruntime: string;
}

export function runtimeVersions(): Versions {
  return {
    hourglass: packageVersion(),
    node: process.versions.node,
    onnxruntime: nodeEngine.describe().version,
  };
}

export interface Machine {
  platform: string;
  processor: string;
  cores: number;
  memoryGiB: number;
}

export function describeMachine(): Machine {
  return {
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}
