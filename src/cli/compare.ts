import { join } from 'node:path';
import { Command } from 'commander';
import type { Colors } from 'picocolors/types.js';
import type { WrittenComparison } from '../api.ts';
import { printable } from '../printable.ts';
import { RUNS_FOLDER } from '../store/index.ts';
import { coloursOf } from './colours.ts';
import { findRun } from './find-run.ts';
import { say, sayJson } from './output.ts';
import { shown } from './paths.ts';
import { fits, table, widthOf, wrap } from './table.ts';

const HELP = `
Examples:
  hourglass compare runs/stacked runs/stacked-nodropout
  hourglass compare runs/l0 runs/l005 runs/l02 --out runs/lambda

It prints the settings that differ and all figures, and writes one page with the same, the loss curves and the
reconstructions. The best of the figures that can be compared is marked with *: the lowest, or the highest for SSIM
and PSNR.`;

/** Where the page goes by default. */
const COMPARISON = join(RUNS_FOLDER, 'comparison');

/** A longer value is cut in the terminal; the page and --json show all of it. */
const WIDEST = 70;

interface CompareFlags {
  out: string;
  dataDir?: string;
  offline?: boolean;
  json?: boolean;
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare finished runs: settings that differ, figures, curves, reconstructions')
    .argument('<runs...>', 'folders of two or more runs, or their names in runs/')
    .option('--out <folder>', 'where compare.html and its pictures go', COMPARISON)
    .option('--data-dir <folder>', "a folder with the run's data: IDX files, or images that were moved")
    .option('--offline', 'never use the network')
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', HELP)
    .action(async (given: string[], { out, json, ...options }: CompareFlags) => {
      const runs = await Promise.all(given.map((run) => findRun(run)));
      const { shownFigure, writeComparison } = await import('../api.ts');
      const comparison = await writeComparison(runs, out, options);
      if (json) sayJson(comparison);
      else {
        const lines = comparisonLines(comparison, coloursOf(process.stdout), shownFigure);
        say(...lines);
      }
    });
}

const cut = (text: string) => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

/** Definitions, each once: that of "PCA, SSIM" is PCA's, followed by that of SSIM. */
function definitionsOf(figures: WrittenComparison['figures']): string[] {
  const known = new Map(figures.map(({ name, definition }) => [name, definition]));
  const texts = figures.map(({ name, definition }) => {
    const [, by, figure] = /^([^,]+), (.+)$/.exec(name) ?? [];
    const end = `; ${known.get(figure ?? '')}`;
    return by !== undefined && definition.endsWith(end)
      ? `${by}: ${definition.slice(0, -end.length)}`
      : `${name}: ${definition}`;
  });
  return [...new Set(texts)];
}

function comparisonLines(
  { runs, notes, settings, circumstances, figures, page }: WrittenComparison,
  colours: Colors,
  shownFigure: (value: number) => string,
): string[] {
  const names = runs.map(({ name }) => printable(name));
  const differing = [
    ...settings,
    ...circumstances.map((each) => ({ ...each, path: `run.json: ${each.path}` })),
  ];
  const width = widthOf(process.stdout);
  const head = colours.bold;
  const differences = [
    ['what differs', ...names],
    ...differing.map(({ path, values }) => [
      printable(path),
      ...values.map((text) => cut(printable(text ?? '–'))),
    ]),
  ];
  const numbers = [
    ['figure', ...names],
    ...figures.map(({ name, values, best }) => [
      printable(name),
      ...values.map((value, i) =>
        value === null ? '–' : `${shownFigure(value)}${best.includes(i) ? ' *' : ''}`,
      ),
    ]),
  ];
  const defined = numbers.map((row, i) => [...row, i === 0 ? '' : printable(figures[i - 1]!.definition)]);
  // Definitions stand next to their figures if there is room, otherwise below all of them.
  const beside = fits(defined, width);
  const below = definitionsOf(figures).flatMap((text) => wrap(printable(text), width));
  return [
    ...notes.flatMap((note) => wrap(printable(note), width).map(colours.yellow)),
    ...table(differences, { width, head }),
    ...(differing.length === 0 ? ['nothing'] : []),
    '',
    ...table(beside ? defined : numbers, { width, head }),
    ...(beside ? [] : ['', ...below.map(colours.dim)]),
    '',
    shown(page),
  ];
}
