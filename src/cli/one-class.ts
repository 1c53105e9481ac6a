/** `hourglass evaluate --one-class`: models of single classes, and their AUROC as tables. */
import { HourglassError } from '../errors.ts';
import type { OneClassEvaluation, OneClassTable, Setup } from '../runs/index.ts';
import { type LineStyle, sentence } from './figure-lines.ts';
import { onInterrupt } from './interrupt.ts';
import { tell } from './output.ts';
import { table } from './table.ts';

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
  const { evaluateOneClass } = await import('../runs/index.ts');
  const stop = new AbortController();
  const listened = onInterrupt(() => {
    stop.abort();
    tell('');
    tell('Stopping after this step (Ctrl-C again: at once) …');
  });
  let last = 0;
  try {
    return await evaluateOneClass(run, {
      ...options,
      ...(asked === true || asked === 'both' ? {} : { setups: [asked] }),
      signal: stop.signal,
      onProgress: ({ setup, class: name, model, models }) => {
        if (model === last) return;
        last = model;
        tell(`model ${model} of ${models}: ${modelWords(setup, name)} …`);
      },
    });
  } finally {
    listened();
  }
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

/** Below this many columns the scores' heads are wrapped. */
const NARROW = 60;

const lengthOf = (epochs: number | null): string =>
  epochs === null ? "epochs fitted to each model's images" : `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;

export function oneClassLines(evaluation: OneClassEvaluation, { width, colours }: LineStyle): string[] {
  const { dataset, recipe, epochs, seed, definitions, tables, leftOut, files } = evaluation;
  const lines = sentence(
    `${recipe} on ${dataset}, ${lengthOf(epochs)}, seed ${seed}: AUROC on the test images`,
    width,
  );
  const isNarrow = width < NARROW;
  // Figures are never wrapped: on a narrow terminal their heads are.
  const score = isNarrow ? 7 : 13;
  for (const { setup, rows, mean } of tables) {
    const elbo = mean.negativeElbo !== undefined;
    const cell = (value: number | undefined) => (value === undefined ? '' : value.toFixed(4));
    const body = rows.map((row) => [
      row.class ?? (rows.length > 1 ? 'all others' : 'this run'),
      row.normal.toLocaleString('en').padStart(6),
      row.anomalous.toLocaleString('en').padStart(6),
      cell(row.auroc.squaredError).padStart(score),
      ...(elbo ? [cell(row.auroc.negativeElbo).padStart(score)] : []),
    ]);
    const average = ['mean', '', '', cell(mean.squaredError).padStart(score)];
    const shown = table(
      [
        [
          'class',
          'normal',
          '   odd',
          'squared error',
          ...(elbo ? [isNarrow ? '  −ELBO' : 'negative ELBO'] : []),
        ],
        ...body,
        ...(rows.length > 1 && setup !== 'as trained'
          ? [[...average, ...(elbo ? [cell(mean.negativeElbo).padStart(score)] : [])]]
          : []),
      ],
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
      sentence(`${NAMES[name] ?? name}: ${words}`, width, colours.dim),
    ),
  );
  return [...lines, ...files];
}

const NAMES: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  squaredError: 'squared error',
  negativeElbo: 'negative ELBO',
};
