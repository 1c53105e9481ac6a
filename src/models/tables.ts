/**
 * Tables of records: the kinds of code, loss, penalty, corruption and layer, each by its name in a recipe. An extension
 * adds records to them; schemas that are made from tables are then made again.
 */
import { HourglassError } from '../errors.ts';

interface Named {
  /** Its name in a recipe. */
  readonly type: string;
}

/** Grows with each record that is added. */
let revision = 0;

/** `K` is the record's type, `T` the list of those that come with hourglass, whose settings are typed. */
export class Table<K extends Named, const T extends readonly K[]> {
  private readonly what: string;
  private readonly records: Map<string, K>;

  constructor(what: string, records: T) {
    this.what = what;
    this.records = new Map(records.map((record) => [record.type, record]));
  }

  get all(): readonly K[] {
    return [...this.records.values()];
  }

  /** @throws RangeError for a name that no schema lets through. */
  of(type: string): K {
    const found = this.records.get(type);
    if (found === undefined) throw new RangeError(`there is no ${this.what} '${type}'`);
    return found;
  }

  /** @throws HourglassError (usage) if the name is taken. */
  add(record: K): void {
    if (this.records.has(record.type)) {
      throw new HourglassError('usage', {
        subject: `extension: ${this.what} '${record.type}'`,
        rule: 'already exists',
        hint: 'give it another name',
      });
    }
    this.records.set(record.type, record);
    revision++;
  }

  /** Something of each record, in their order; typed as if there were no extensions. */
  map<P extends keyof T[number]>(property: P): { -readonly [I in keyof T]: T[I][P] } {
    const values = this.all.map((record) => (record as T[number])[property]);
    return values as unknown as { -readonly [I in keyof T]: T[I][P] };
  }
}

/** What is made from tables, as a schema: made when it is first asked for, and again after a record was added. */
export function derived<V>(make: () => V): () => V {
  let made: { value: V; revision: number } | undefined;
  return () => {
    if (made?.revision !== revision) made = { value: make(), revision };
    return made.value;
  };
}
