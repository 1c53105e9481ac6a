import { expect, test } from 'vitest';
import { helpText } from './help.ts';
import { columnsOf } from './table.ts';

const HELP = `
Examples:
  hourglass one                    what it does
  hourglass two --alpha 1 --beta a-long-value-that-needs-it --gamma 3
  hourglass three                  what the third one does, in more words than fit
                                   and in one more line

A score is computed like this,
and the text goes on:
  mean   the mean, which finds images that are odd as a whole
  max    the largest
The end.
`;

test('examples have their comments on the same line where these fit', () => {
  expect(helpText(HELP, 120)).toContain('  hourglass one     what it does\n');
  expect(helpText(HELP, 120)).toContain('--gamma 3\n');
});

test('a narrow terminal gets comments below the commands, and commands that can be pasted', () => {
  expect(helpText(HELP, 60)).toBe(`
Examples:
  hourglass one
      what it does
  hourglass two --alpha 1 \\
    --beta a-long-value-that-needs-it --gamma 3
  hourglass three
      what the third one does, in more words than fit and in
      one more line

A score is computed like this, and the text goes on:
  mean   the mean, which finds images that are odd as a
         whole
  max    the largest
The end.
`);
});

test.each([40, 60, 80, 100, 200])('nothing is wider than %i columns', (width) => {
  for (const line of helpText(HELP, width).split('\n'))
    expect(columnsOf(line), line).toBeLessThanOrEqual(width);
});
