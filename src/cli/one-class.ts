/** `hourglass evaluate --one-class`: models of single classes, and their AUROC as tables. */

import type {
  MeasuredOnRequest,
  OneClassEvaluation,
  OneClassRow,
  OneClassTable,
  ScoreName,
  Setup,
} from '../api.ts';
import { HourglassError } from '../errors.ts';
import { type LineStyle, sentence } from './figure-lines.ts';
import { onInterrupt } from './interrupt.ts';
import { tell } from './output.ts';
import { fits, type TableOptions, table } from './table.ts';

export interface OneClassFlags {
  oneClass: true | Setup | 'both';
  classes?: string[];
  epochs?: number;
  out?: string;
  dataDir?: string;
  offline?: boolean;
}

/** Trains, scores and writes; progress goes to standard error. */
export async function oneClass(run: string, flags: OneClassFlags): Promise<OneClassEvaluation> {
  const { oneClass: asked, ...options } = flags;
  const { evaluateOneClass } = await import('../api.ts');
  const stop = new AbortController();
  const listened = onInterrupt(() => {
    stop.abort();
    tell('');
    tell('Stopping after this step (Ctrl-C again: at once) …');
  });
  /** Models are reported in their order; several are trained at a time. */
  let last = 0;
  try {
    return await evaluateOneClass(run, {
      ...options,
      ...(asked === true || asked === 'both' ? {} : { setups: [asked] }),
      signal: stop.signal,
      onProgress: ({ setup, class: name, model, models }) => {
        if (model <= last) return;
        last = model;
        tell(`model ${model} of ${models}: ${modelWords(setup, name)} …`);
      },
    });
  } finally {
    listened();
  }
}

/** What is kept with the run's results: the mean of each score, and which models it is of. */
export function oneClassSummary({
  recipe,
  epochs,
  seed,
  definitions,
  tables,
}: OneClassEvaluation): NonNullable<MeasuredOnRequest['oneClass']> {
  const models = tables[0]?.rows.map((row) => row.class ?? 'all others').join(', ') ?? '';
  const length = epochs === null ? 'epochs fitted to the images' : `${epochs} epochs`;
  return {
    definition: `${definitions.auroc}; mean over the classes ${models}: ${HEADS[tables[0]!.setup]}; ${recipe}, ${length}, seed ${seed}`,
    tables: tables.map(({ setup, mean }) => ({ setup, mean })),
  };
}

const modelWords = (setup: Setup, name: string): string =>
  setup === 'normal' ? `'${name}' alone` : `all but '${name}'`;

/** Names separated by commas, for example `0,1` or `Dress,Coat`. */
export function classList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new HourglassError('usage', {
    subject: '--classes',
    rule: 'must be names or positions of classes, separated by commas',
    got: text,
  });
}

const HEADS: Readonly<Record<OneClassTable['setup'], string>> = {
  normal: 'one-class: trained on the class alone; images of all other classes are anomalies',
  'leave-one-out': 'leave-one-out: trained on all other classes; images of the class are anomalies',
  'as trained': 'trained on some classes; images of all other classes are anomalies',
};

/** The scores in the order of the columns, as the table names them. */
const COLUMNS = {
  squaredError: 'mean',
  max: 'max',
  'top1%': 'top1%',
  'smoothed-max': 'smoothed-max',
  neighbour: 'neighbour',
  negativeElbo: '−ELBO',
} as const satisfies Record<ScoreName, string>;

const lengthOf = (epochs: number | null): string =>
  epochs === null ? "epochs fitted to each model's images" : `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;

interface Line {
  name: string;
  /** Absent in the line of the means. */
  normal?: number;
  anomalous?: number;
  auroc: OneClassRow['auroc'];
}

/** A column per score; on a terminal that is too narrow for that, a line per score. */
function scoreRows(all: readonly Line[], scores: readonly ScoreName[], options: TableOptions): string[] {
  const count = (images?: number) => (images?.toLocaleString('en') ?? '').padStart(6);
  const cell = (line: Line, score: ScoreName) => line.auroc[score]?.toFixed(4) ?? '';
  const width = (score: ScoreName) => Math.max(6, COLUMNS[score].length);
  const wide = [
    ['class', 'normal', '   odd', ...scores.map((score) => COLUMNS[score].padStart(width(score)))],
    ...all.map((line) => [
      line.name,
      count(line.normal),
      count(line.anomalous),
      ...scores.map((score) => cell(line, score).padStart(width(score))),
    ]),
  ];
  if (fits(wide, options.width ?? Number.POSITIVE_INFINITY)) return table(wide, options);
  const long = [
    ['class', 'normal', '   odd', ' AUROC'],
    ...all.flatMap((line) => [
      [line.name, count(line.normal), count(line.anomalous), ''],
      ...scores.map((score) => [`  ${COLUMNS[score]}`, '', '', cell(line, score).padStart(6)]),
    ]),
  ];
  return table(long, options);
}

export function oneClassLines(evaluation: OneClassEvaluation, { width, colours }: LineStyle): string[] {
  const { dataset, recipe, epochs, seed, definitions, tables, leftOut, files } = evaluation;
  const lines = sentence(
    `${recipe} on ${dataset}, ${lengthOf(epochs)}, seed ${seed}: AUROC on the test images`,
    width,
  );
  for (const { setup, rows, mean } of tables) {
    const shown = scoreRows(
      [
        ...rows.map((row) => ({ ...row, name: row.class ?? (rows.length > 1 ? 'all others' : 'this run') })),
        ...(rows.length > 1 && setup !== 'as trained' ? [{ name: 'mean', auroc: mean }] : []),
      ],
      Object.keys(mean) as ScoreName[],
      { width, head: colours.dim },
    );
    lines.push('', ...sentence(HEADS[setup], width, colours.bold), ...shown);
  }
  if (leftOut.length > 0)
    lines.push('', ...sentence('not trained, because a class has too few images:', width));
  for (const { setup, class: name, reason } of leftOut)
    lines.push(...sentence(`${modelWords(setup, name)}: ${reason}`, width - 2, (line) => `  ${line}`));
  lines.push(
    '',
    ...Object.entries(definitions).flatMap(([name, words]) =>
      sentence(`${name === 'auroc' ? 'AUROC' : COLUMNS[name as ScoreName]}: ${words}`, width, colours.dim),
    ),
  );
  return [...lines, ...files];
}
