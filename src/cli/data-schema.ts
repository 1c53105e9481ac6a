/** `train --data-schema`: what was found in a table. */
import type { TableSchema } from '../data/tables/schema.ts';
import { printable } from '../printable.ts';
import { coloursOf } from './colours.ts';
import { say } from './output.ts';
import { table, widthOf, wrap } from './table.ts';

/** The most columns that are listed. */
const MOST_LISTED = 200;

export function saySchema({ path, format, rows, splits, about, classes, columns, notes }: TableSchema): void {
  const width = widthOf(process.stdout);
  const { bold } = coloursOf(process.stdout);
  const n = (value: number) => value.toLocaleString('en');
  const facts = [
    `${printable(path)}: ${format}`,
    `rows: ${n(rows.train)} to train on, ${n(rows.validation)} to validate, ${n(rows.test)} to test; ${splits}`,
    about,
    ...(classes.length > 0
      ? [`classes: ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}`]
      : []),
  ];
  say(...facts.flatMap((fact) => wrap(printable(fact), width)), '');
  const listed = columns
    .slice(0, MOST_LISTED)
    .map(({ name, type, missing, about, examples, width: values }) =>
      [
        name,
        type ?? 'left out',
        missing === 0 ? '' : n(missing),
        String(values),
        about,
        examples.join(', '),
      ].map(printable),
    );
  say(
    ...table([['column', 'type', 'missing', 'values', 'training rows', 'examples'], ...listed], {
      width,
      head: bold,
    }),
  );
  if (columns.length > MOST_LISTED) say(`… and ${n(columns.length - MOST_LISTED)} more: --json lists all`);
  for (const note of notes) say('', ...wrap(`note: ${printable(note)}`, width));
}
