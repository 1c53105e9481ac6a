/** What the columns of a table are for: the label, the time and the group of a row, values for the model, or nothing. */
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import type { LEFT_OUT } from './encoding.ts';
import type { TableSettings } from './settings.ts';
import type { ColumnStore, TableStore } from './store.ts';

export type Reason = keyof typeof LEFT_OUT;

export interface Roles {
  label: ColumnStore | null;
  /** Whether the label was found by its name, and not set. */
  labelIsGuess: boolean;
  time: ColumnStore | null;
  group: ColumnStore | null;
  /** The columns that may become values of the model. */
  inputs: ColumnStore[];
  leftOut: { name: string; why: Reason }[];
}

/** The names of columns that are taken for the label, if `data.label` does not say. */
const LABELS = /^(label|class|target|y)$/i;
/** `data.label=none`: no column is a label. */
const NO_LABEL = 'none';

/** @throws HourglassError (usage) for a setting that names a column that is not there, or that has another role already. */
export function rolesOf(store: TableStore, settings: TableSettings): Roles {
  const column = (setting: string, name: string | undefined): ColumnStore | null => {
    if (name === undefined) return null;
    const found = store.column(name);
    if (found === undefined) throw unknownColumn(setting, name, store);
    return found;
  };
  const { types = {} } = settings;
  const isNone = settings.label === NO_LABEL && store.column(NO_LABEL) === undefined;
  const set = isNone ? null : column('label', settings.label);
  const guesses = store.columns.filter(({ name }) => LABELS.test(name) && types[name] === undefined);
  const guess = settings.label === undefined && guesses.length === 1 ? guesses[0]! : null;
  const label = set ?? guess;
  const [time, group] = [column('time', settings.time), column('group', settings.group)];
  const ignored = new Set([settings.ignore ?? []].flat());
  for (const name of ignored) column('ignore', name);
  for (const [name, type] of Object.entries(types)) {
    column(`types.${name}`, name);
    if (type === 'ignore') ignored.add(name);
  }
  const leftOut: Roles['leftOut'] = [];
  const inputs: ColumnStore[] = [];
  for (const each of store.columns) {
    const why = reasonFor(each);
    if (why === null) inputs.push(each);
    else leftOut.push({ name: each.name, why });
  }
  return { label, labelIsGuess: label !== null && set === null, time, group, inputs, leftOut };

  function reasonFor(each: ColumnStore): Reason | null {
    if (each === label) return 'label';
    if (each === time) return 'time';
    if (each === group) return 'group';
    return ignored.has(each.name) ? 'ignored' : null;
  }
}

/** The most names in an error. */
const MOST_NAMED = 8;

export function unknownColumn(setting: string, name: string, { columns }: TableStore): HourglassError {
  const names = columns.map((column) => column.name);
  const similar = nearest(name, names);
  const rest =
    names.length > MOST_NAMED ? ` and ${(names.length - MOST_NAMED).toLocaleString('en')} more` : '';
  return new HourglassError('usage', {
    subject: `data.${setting}`,
    rule: `must name a column of the table (${names.slice(0, MOST_NAMED).join(', ')}${rest})`,
    got: name,
    ...(similar === undefined ? {} : { hint: `did you mean '${similar}'?` }),
  });
}
