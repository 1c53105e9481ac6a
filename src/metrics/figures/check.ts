/** Figures from outside are checked before anything is measured. */
import { HourglassError } from '../../errors.ts';
import type { Figure } from './figure.ts';

/** The most characters of a name in the terminal: the column is two wider. */
const SHORT = 16;

/**
 * Figures that may be measured next to those of the table.
 * @param known the keys that are taken.
 * @throws HourglassError (usage) naming the figure and the rule.
 */
export function checkFigures(figures: readonly unknown[], known: readonly string[]): readonly Figure[] {
  const taken = new Set(known);
  return figures.map((given, i) => {
    const figure = (typeof given === 'object' ? given : null) as Figure | null;
    const key: unknown = figure?.key;
    const refuse = (rule: string, got?: unknown) =>
      new HourglassError('usage', {
        subject: typeof key === 'string' && key !== '' ? `figure '${key}'` : `figure ${i + 1}`,
        rule,
        ...(got === undefined ? {} : { got }),
        hint: 'see "Figures of your own" in docs/evaluation.md',
      });
    if (figure === null) throw refuse('must be an object', given);
    if (typeof key !== 'string' || !/^[A-Za-z]\w*$/.test(key))
      throw refuse('needs a key of letters and digits, such as largestError', key);
    if (taken.has(key)) throw refuse('has a key that another figure has');
    taken.add(key);
    for (const field of ['name', 'note', 'unit'] as const)
      if (typeof figure[field] !== 'string') throw refuse(`needs a text as its ${field}`, figure[field]);
    const label = figure.short ?? figure.name;
    if (label === '' || label.length > SHORT)
      throw refuse(`needs a name, or a short name, of 1 to ${SHORT} characters`, label);
    if (!['string', 'function'].includes(typeof figure.definition)) throw refuse('needs a definition');
    if (!['lower', 'higher', null].includes(figure.better))
      throw refuse("must say which way is better: 'lower', 'higher' or null", figure.better);
    if (typeof figure.measure?.begin !== 'function') throw refuse('needs a measure with a function begin');
    return figure;
  });
}
