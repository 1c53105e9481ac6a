/** Which rows of a table are trained on, and which are held out: at random, in order, by time, or by group. */
import { HourglassError } from '../../errors.ts';
import type { ColumnStore, Roles, TableSettings, TableStore } from '../../tables/index.ts';
import { NO_CLASS } from '../classes.ts';
import { shuffle } from '../shuffle.ts';
import { indicesByClass, proportionalShares, type ValidationChoice } from '../splits.ts';

const TEST_SHARE = 0.15;
const VALIDATION_SHARE = 1 / 12;
/** Added to the seed of the test split for that of the validation split. */
const VALIDATION_SEED = 1998;
/** A label is stored in a byte. */
const MOST_CLASSES = 256;

export interface RowSplits {
  train: Uint32Array;
  /** Null where the test split serves. */
  validation: Uint32Array | null;
  test: Uint32Array;
  /** The class of each row of the table. */
  labels: Uint8Array;
  classes: string[];
  /** The class of the training rows, where they have only one by `data.normal`. */
  normal: string | null;
  /** In words, for people. */
  note: string;
}

/** Rows in each split, if the files of a table are splits themselves. */
export type FileSplits = Record<'train' | 'validation' | 'test', Uint32Array>;

/**
 * @param rows the rows that are used at all.
 * @throws HourglassError for settings that contradict each other, and for too few rows.
 */
export function splitRows(
  store: Pick<TableStore, 'rows'>,
  rows: Uint32Array,
  roles: Roles,
  settings: TableSettings & { validation?: ValidationChoice | undefined },
  { file, given }: { file: string; given: FileSplits | null },
): RowSplits {
  const { classes, labels } = classesOf(store, roles.label, file);
  const { normal, isNormal } = normalRows(roles, classes, labels, settings);
  const ways = [
    settings.time && 'data.time',
    settings.group && 'data.group',
    settings.split === 'order' && 'data.split=order',
  ].filter((way) => typeof way === 'string');
  if (ways.length > 1) {
    throw new HourglassError('usage', {
      subject: ways.join(' and '),
      rule: 'must not be set together: each divides the rows in its own way',
      hint: `leave ${ways[1]} out`,
    });
  }
  if (given !== null) return fileSplits();
  const { test: share = TEST_SHARE, splitSeed = 1, validation: choice = 'auto' } = settings;
  const usable = rows.filter((row) => isNormal(row));
  const divide = divisionOf(roles, labels, settings);
  const { kept, heldOut } = divide(usable, Math.ceil(usable.length * share), splitSeed);
  const others = normal === null ? new Uint32Array(0) : rows.filter((row) => !isNormal(row));
  const test = Uint32Array.from([...heldOut, ...others]).sort();
  const how =
    HOW[roles.time !== null ? 'time' : roles.group !== null ? 'group' : (settings.split ?? 'random')];
  if (choice === 'test') {
    return checked({
      train: kept,
      validation: null,
      test,
      note: `${how(roles)}; validation is the test split, only to watch the training`,
    });
  }
  const count = choice === 'auto' ? Math.max(1, Math.round(kept.length * VALIDATION_SHARE)) : choice;
  if (count >= kept.length - 1) throw tooFew();
  const inner = divide(kept, count, splitSeed + VALIDATION_SEED);
  const n = (value: number) => value.toLocaleString('en');
  return checked({
    train: inner.kept,
    validation: inner.heldOut,
    test,
    note: `${how(roles)}; validation: ${n(inner.heldOut.length)} of ${n(kept.length)} training rows`,
  });

  function fileSplits(): RowSplits {
    const of = (split: keyof FileSplits) => {
      const own = new Set(given![split]);
      return rows.filter((row) => own.has(row));
    };
    const train = of('train').filter(isNormal);
    const own = of('validation');
    const count =
      settings.validation === undefined || settings.validation === 'auto'
        ? Math.max(1, Math.round(train.length * VALIDATION_SHARE))
        : settings.validation;
    if (own.length === 0 && typeof count === 'number' && count >= train.length - 1) throw tooFew();
    const note = 'the files are the splits';
    if (count === 'test')
      return checked({
        train,
        validation: null,
        test: of('test'),
        note: `${note}; validation is the test split, only to watch the training`,
      });
    if (own.length > 0) return checked({ train, validation: own, test: of('test'), note });
    const { kept, heldOut } = divisionOf(roles, labels, settings)(train, count, VALIDATION_SEED);
    return checked({
      train: kept,
      validation: heldOut,
      test: of('test'),
      note: `${note}; validation: ${heldOut.length.toLocaleString('en')} of ${train.length.toLocaleString('en')} training rows`,
    });
  }

  function checked(splits: Pick<RowSplits, 'train' | 'validation' | 'test' | 'note'>): RowSplits {
    if (splits.train.length < 2 || splits.test.length < 1) throw tooFew();
    return { ...splits, labels, classes, normal };
  }

  function tooFew(): HourglassError {
    const { validation = 'auto' } = settings;
    const validating = validation === 'test' ? 0 : validation === 'auto' ? 1 : validation;
    const n = (value: number) => value.toLocaleString('en');
    const parts = ['2 to train on', ...(validating === 0 ? [] : [`${n(validating)} to validate`])];
    const usable = rows.filter((row) => isNormal(row)).length;
    return new HourglassError('data', {
      subject: file,
      rule: `must have enough rows for its splits: at least ${parts.join(', ')} and 1 to test${normal === null ? '' : `, of class '${normal}'`}`,
      got: usable === 1 ? '1 row' : `${n(usable)} rows`,
    });
  }
}

const HOW: Readonly<Record<'random' | 'order' | 'time' | 'group', (roles: Roles) => string>> = {
  random: () => 'rows divided at random, the same in every run',
  order: () => 'the last rows of the file are the test split',
  time: ({ time }) => `the latest rows by '${time!.name}' are the test split`,
  group: ({ group }) => `all rows with one '${group!.name}' are in one split`,
};

type Divide = (rows: Uint32Array, count: number, seed: number) => { kept: Uint32Array; heldOut: Uint32Array };

/** Takes about `count` rows out of some; both parts keep their order. */
function divisionOf({ time, group }: Roles, labels: Uint8Array, { split = 'random' }: TableSettings): Divide {
  if (time !== null) {
    return (rows, count) => {
      const byTime = rows.slice().sort((a, b) => time.number(a) - time.number(b) || a - b);
      return {
        kept: byTime.slice(0, rows.length - count).sort(),
        heldOut: byTime.slice(rows.length - count).sort(),
      };
    };
  }
  if (group !== null) return (rows, count, seed) => groupsApart(group, rows, count, seed);
  if (split === 'order') {
    return (rows, count) => ({
      kept: rows.slice(0, rows.length - count),
      heldOut: rows.slice(rows.length - count),
    });
  }
  return (rows, count, seed) => {
    const classes = indicesByClass(
      labels.length === 0 ? labels : Uint8Array.from(rows, (row) => labels[row]!),
    );
    const quotas = proportionalShares(
      classes.map(({ length }) => length),
      Math.min(count, rows.length),
    );
    const isHeldOut = new Uint8Array(rows.length);
    for (const [label, places] of classes.entries()) {
      for (const place of shuffle(places, seed + label).subarray(0, quotas[label])) isHeldOut[place] = 1;
    }
    return {
      kept: rows.filter((_, i) => isHeldOut[i] === 0),
      heldOut: rows.filter((_, i) => isHeldOut[i] === 1),
    };
  };
}

/** Whole groups, at random, until there are as many rows or no group is left to spare. */
function groupsApart(group: ColumnStore, rows: Uint32Array, count: number, seed: number): ReturnType<Divide> {
  const sizes = new Map<string, number>();
  for (const row of rows) {
    const name = group.category(row) ?? '';
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  const names = [...sizes.keys()];
  const taken = new Set<string>();
  let size = 0;
  for (const i of shuffle(Uint32Array.from(names.keys()), seed)) {
    if (size >= count || taken.size === names.length - 1) break;
    taken.add(names[i]!);
    size += sizes.get(names[i]!)!;
  }
  const isTaken = (row: number) => taken.has(group.category(row) ?? '');
  return { kept: rows.filter((row) => !isTaken(row)), heldOut: rows.filter(isTaken) };
}

/** Rows without a label have a class of that name. */
const UNLABELLED = '(no label)';

function classesOf(
  store: Pick<TableStore, 'rows'>,
  label: ColumnStore | null,
  file: string,
): { classes: string[]; labels: Uint8Array } {
  const labels = new Uint8Array(store.rows);
  if (label === null) return { classes: [NO_CLASS], labels };
  const found = new Set<string>();
  for (let row = 0; row < store.rows; row++) {
    found.add(label.category(row) ?? UNLABELLED);
    if (found.size > MOST_CLASSES) {
      throw new HourglassError('data', {
        subject: `${file}, column '${label.name}'`,
        rule: `must have at most ${MOST_CLASSES} classes, as the label`,
        got: 'more',
        hint: `if it is no label, say so: data.label=none; to leave it out, data.ignore=${label.name} as well`,
      });
    }
  }
  const isNumeric = [...found].every((name) => !Number.isNaN(Number(name)));
  const classes = [...found].sort((a, b) => (isNumeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  const places = new Map(classes.map((name, i) => [name, i]));
  for (let row = 0; row < store.rows; row++) labels[row] = places.get(label.category(row) ?? UNLABELLED)!;
  return { classes, labels };
}

function normalRows(
  { label }: Roles,
  classes: readonly string[],
  labels: Uint8Array,
  { normal }: TableSettings,
): { normal: string | null; isNormal: (row: number) => boolean } {
  if (normal === undefined) return { normal: null, isNormal: () => true };
  if (label === null) {
    throw new HourglassError('usage', {
      subject: 'data.normal',
      rule: 'needs a column with the class of each row',
      got: 'none',
      hint: 'name it: data.label=<column>',
    });
  }
  const at = classes.findIndex(
    (name) => name === String(normal) || name.toLowerCase() === String(normal).toLowerCase(),
  );
  if (at < 0) {
    throw new HourglassError('usage', {
      subject: 'data.normal',
      rule: `must be a class of '${label.name}' (${classes.slice(0, 8).join(', ')})`,
      got: String(normal),
    });
  }
  return { normal: classes[at]!, isNormal: (row) => labels[row] === at };
}
