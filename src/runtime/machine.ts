/** What this machine offers and which versions run on it: what a result needs to be reproduced. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { VENDORED } from './vendored.ts';

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
  const require = createRequire(import.meta.url);
  const version = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  return {
    hourglass: version(require.resolve('../../package.json')),
    node: process.versions.node,
    onnxruntime: version(fileURLToPath(new URL('package.json', VENDORED))),
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
