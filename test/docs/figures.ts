/** Output that a document quotes, held against what the command prints now. */

/** How far a figure may be from the quoted one: other processors and numbers of threads round differently. */
const TOLERANCE = 0.05;

/** Another time, and another machine. */
const VARIES: readonly [RegExp, string][] = [
  [/-\d{8}-\d{6}/g, '-<time>'],
  [/\d+ threads?/g, '<threads>'],
  [/(?<= )\/\S*\//g, '<folder>/'],
];

const NUMBER = /\d[\d,]*(?:\.\d+)?/g;

/** The quoted lines that no printed line begins with, figures within the tolerance; `…` stands for what is left out. */
export function missingLines(quoted: string, printed: string): string[] {
  const lines = printed.split('\n').map(prepared);
  return quoted
    .split('\n')
    .filter((line) => !/^(\$ .*|\s*…?)$/.test(line))
    .filter((line) => !lines.some((other) => beginsWith(other, prepared(line))));
}

const prepared = (line: string): string =>
  VARIES.reduce((text, [what, name]) => text.replaceAll(what, name), line);

function beginsWith(printed: string, quoted: string): boolean {
  const words = quoted.split(NUMBER);
  const numbers = quoted.match(NUMBER) ?? [];
  const otherNumbers = printed.match(NUMBER) ?? [];
  const otherWords = printed.split(NUMBER).slice(0, words.length);
  return (
    words.every((text, i) =>
      i < words.length - 1
        ? text.trim() === otherWords[i]?.trim()
        : otherWords[i]?.trimStart().startsWith(text.trim()),
    ) && numbers.every((number, i) => near(number, otherNumbers[i]!))
  );
}

/** Counts are the same, measured figures near. */
function near(quoted: string, printed: string): boolean {
  if (!quoted.includes('.')) return quoted === printed;
  const [a, b] = [quoted, printed].map((number) => Number(number.replaceAll(',', '')));
  return Math.abs(a! - b!) <= TOLERANCE * Math.abs(a!);
}
