/** A diagnosis as lines for a terminal: the verdict, then each problem, wrapped to the width. */
import type { Colors } from 'picocolors/types.js';
import type { Diagnosis } from '../api.ts';

const LABEL_WIDTH = 10;
const WIDEST = 100;

export function diagnosisLines({ verdict, findings }: Diagnosis, colours: Colors, columns = 80): string[] {
  const useless = findings.some(({ level }) => level === 'useless');
  const width = Math.min(columns, WIDEST) - LABEL_WIDTH;
  const labelled = (label: string, text: string, show: (line: string) => string): string[] =>
    wrapped(text, width).map(
      (line, i) => `${colours.dim((i === 0 ? label : '').padEnd(LABEL_WIDTH))}${show(line)}`,
    );
  const plain = (text: string) => text;
  return [
    ...labelled('verdict', verdict, useless ? colours.yellow : colours.bold),
    ...findings.flatMap(({ level, sentence, cause, remedy }) => [
      ...(sentence === verdict
        ? []
        : labelled(
            level === 'advice' ? 'advice' : 'note',
            sentence,
            level === 'advice' ? plain : colours.yellow,
          )),
      ...labelled('cause', cause, plain),
      ...labelled('remedy', remedy, plain),
    ]),
  ];
}

/** Text wrapped to lines of `width` characters; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
