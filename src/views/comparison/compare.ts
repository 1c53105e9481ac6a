/** Compares finished runs: the settings that differ, their figures, and what can be said about both. */

import { findingText, uselessness } from '../../diagnosis/index.ts';
import type { Results } from '../../evaluation/results.ts';
import type { Manifest } from '../../record/index.ts';
import { type Difference, differences } from './differences.ts';
import { type ComparedFigure, comparedFigures, isOne } from './figures.ts';

export interface RunFacts {
  folder: string;
  manifest: Manifest;
  results: Results;
  /** Seconds of all epochs, their validation included. */
  seconds: number;
}

/** Finished runs side by side. */
export interface Comparison {
  /** The runs, in the order they were given. */
  runs: ComparedRun[];
  /** Whether all were measured on the same test images: only then are figures ranked. */
  sameImages: boolean;
  /** What a reader must know before the figures. */
  notes: string[];
  /** Where the recipes differ. */
  settings: Difference[];
  /** Where else the runs differ, by paths in run.json. */
  circumstances: Difference[];
  /** Every figure that a run has, with a value per run. */
  figures: ComparedFigure[];
}

/** A run in a comparison. */
export interface ComparedRun {
  /** The run's name; its folder if two have the same name. */
  name: string;
  /** The run's folder. */
  folder: string;
  /** The name of its recipe. */
  recipe: string;
  /** The data set it was trained on. */
  dataset: string;
  /** The number of test images it was measured on. */
  images: number;
  /** Epochs trained. */
  epochs: number;
  /** The epoch whose weights were kept. */
  keptEpoch: number;
  /** The number of trained values. */
  parameters: number;
  /** Numbers in a code. */
  codeUnits: number;
}

export function compareFacts(runs: readonly RunFacts[]): Comparison {
  const names = distinctNames(runs);
  const sameImages = areSameImages(runs);
  const sources = runs.map(({ results, manifest }) => ({
    results,
    corruption: JSON.stringify(manifest.config.corruption ?? null),
  }));
  return {
    runs: runs.map(({ folder, manifest, results }, i) => ({
      name: names[i]!,
      folder,
      recipe: manifest.recipe,
      dataset: manifest.dataset.name,
      images: results.images,
      epochs: manifest.epoch,
      keptEpoch: results.keptEpoch,
      parameters: manifest.parameters,
      codeUnits: results.codeUnits,
    })),
    sameImages,
    notes: notesOn(runs, names, sameImages),
    settings: differences(runs.map(({ manifest }) => settingsOf(manifest))),
    circumstances: differences(runs.map(({ manifest }) => circumstancesOf(manifest))),
    figures: [...comparedFigures(sources, sameImages), timeOf(runs)],
  };
}

/** The runs' names; their folders if two have the same name. */
export function distinctNames(runs: readonly Pick<RunFacts, 'folder' | 'manifest'>[]): string[] {
  const names = runs.map(({ manifest }) => manifest.name);
  return new Set(names).size === names.length ? names : runs.map(({ folder }) => folder);
}

/** A recipe without its prose. */
function settingsOf({ config }: Manifest): Record<string, unknown> {
  const { why: _why, reference: _reference, $schema: _schema, ...settings } = config;
  return settings;
}

function circumstancesOf({ threads, dataset, versions, machine }: Manifest): Record<string, unknown> {
  const { name, source, counts } = dataset;
  return { dataset: { name, source, counts }, threads, versions, machine };
}

/**
 * Whether the test images are the same ones, as far as the manifests tell: the same set, sizes and counts, and
 * where the split is one, the same fingerprint.
 */
function areSameImages(runs: readonly RunFacts[]): boolean {
  const sets = runs.map(({ manifest: { dataset }, results }) => {
    const { name, height, width, channels, counts } = dataset;
    return JSON.stringify([name, height, width, channels, counts.test, results.split, results.images]);
  });
  if (!isOne(sets)) return false;
  const prints = new Map<string, string>();
  return runs.every(({ manifest: { dataset, config } }) => {
    const split = JSON.stringify((config.data as { validation?: unknown } | undefined)?.validation ?? null);
    const known = prints.get(split) ?? dataset.fingerprint;
    prints.set(split, known);
    return known === dataset.fingerprint;
  });
}

function notesOn(runs: readonly RunFacts[], names: readonly string[], sameImages: boolean): string[] {
  const notes: string[] = [];
  if (!sameImages) {
    const sets = runs.map(({ manifest }, i) => `${names[i]} on ${manifest.dataset.name}`);
    notes.push(
      `These runs used different images (${sets.join(', ')}). Their figures cannot be compared, and none is marked as the best.`,
    );
  }
  for (const [i, { results }] of runs.entries()) {
    for (const finding of uselessness(results.diagnosis)) notes.push(`${names[i]}: ${findingText(finding)}`);
  }
  return notes;
}

/** Never ranked: it depends on the machine and on what else ran there. */
const timeOf = (runs: readonly RunFacts[]): ComparedFigure => ({
  name: 'training time',
  definition: 'seconds of all epochs, validation included',
  values: runs.map(({ seconds }) => seconds),
  best: [],
});
