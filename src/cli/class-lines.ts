/** The classes of a folder of images, with the number of images in each split: a few lines, however many classes there are. */
import type { RunHeader } from '../api.ts';
import { beginning, columnsOf, table } from './table.ts';

const MOST_CLASSES = 8;
/** Columns of the terminal. */
const LONGEST_NAME = 30;

const n = (value: number): string => value.toLocaleString('en');

/** A name without characters that would move the cursor or hide text. */
const harmless = (name: string): string => {
  const plain = name.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return columnsOf(plain) > LONGEST_NAME ? `${beginning(plain, LONGEST_NAME - 1)}…` : plain;
};

export function classLines({ classes }: Pick<RunHeader, 'classes'>): string[] {
  const shown = classes.length <= MOST_CLASSES ? classes : classes.slice(0, MOST_CLASSES - 1);
  const lines = table(
    shown.map(({ name, training, validation, test }) => [
      harmless(name),
      `${n(training)} training, ${n(validation)} validation, ${n(test)} test`,
    ]),
  );
  const rest = classes.slice(shown.length);
  if (rest.length === 0) return lines;
  const sizes = rest.map(({ training, validation, test }) => training + validation + test);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const each = least === most ? `${n(least)} each` : `${n(least)} to ${n(most)} images each`;
  return [...lines, `and ${n(rest.length)} more classes, ${each}`];
}
