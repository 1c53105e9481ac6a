/** The cells of a table in memory, column by column: 8 bytes a number, 12 a text, each text once. */
import { type Cell, textOf } from './cells.ts';

/** Different texts of a column that are kept; a further one is taken for the last of them. */
const MOST_TEXTS = 1_000_000;

/** A column's cells. */
export class ColumnStore {
  readonly name: string;
  /** The numbers; NaN where the cell is missing or a text. Longer than the column. */
  private numbers: Float64Array;
  /** For each cell 1 + the position of its text in `texts`, 0 if it is none; null as long as there are no texts. */
  private codes: Int32Array | null = null;
  /** The different texts, in the order in which they appear. */
  readonly texts: string[] = [];
  private readonly known = new Map<string, number>();
  private length = 0;

  /** @param rows how many rows there are before the first cell: they have no value. */
  constructor(name: string, rows = 0) {
    this.name = name;
    this.numbers = new Float64Array(Math.max(16, rows)).fill(Number.NaN);
    this.length = rows;
  }

  add(cell: Cell): void {
    if (this.length === this.numbers.length) this.grow();
    const at = this.length++;
    if (typeof cell === 'string') {
      this.codes ??= new Int32Array(this.numbers.length);
      this.numbers[at] = Number.NaN;
      this.codes[at] = this.codeOf(cell);
    } else this.numbers[at] = cell ?? Number.NaN;
  }

  /** The number at a row; NaN if it is missing or a text. */
  number(row: number): number {
    return this.numbers[row]!;
  }

  /** Whether there are more different texts than are kept. */
  get isFull(): boolean {
    return this.texts.length === MOST_TEXTS;
  }

  /** 1 + the position of the text at a row in `texts`; 0 if there is none. */
  code(row: number): number {
    return this.codes === null ? 0 : this.codes[row]!;
  }

  isMissing(row: number): boolean {
    return Number.isNaN(this.numbers[row]!) && this.code(row) === 0;
  }

  cell(row: number): Cell {
    const code = this.code(row);
    if (code > 0) return this.texts[code - 1]!;
    const number = this.numbers[row]!;
    return Number.isNaN(number) ? null : number;
  }

  /** The cell as a category; null if it is missing. */
  category(row: number): string | null {
    const cell = this.cell(row);
    return cell === null ? null : textOf(cell);
  }

  private codeOf(text: string): number {
    const found = this.known.get(text);
    if (found !== undefined) return found;
    if (this.texts.length === MOST_TEXTS) return MOST_TEXTS;
    // A copy: a part of a longer text would keep all of that alive.
    const own = JSON.parse(JSON.stringify(text)) as string;
    this.texts.push(own);
    this.known.set(own, this.texts.length);
    return this.texts.length;
  }

  private grow(): void {
    const numbers = new Float64Array(2 * this.numbers.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
    if (this.codes === null) return;
    const codes = new Int32Array(numbers.length);
    codes.set(this.codes);
    this.codes = codes;
  }
}

/** A table's cells. Columns may appear later: rows before have no value in them. */
export class TableStore {
  readonly columns: ColumnStore[] = [];
  private readonly byName = new Map<string, ColumnStore>();
  rows = 0;

  /** Adds rows with the columns `names`, of which the first are those of the rows before. */
  add(names: readonly string[], rows: readonly (readonly Cell[])[]): void {
    for (let i = this.columns.length; i < names.length; i++) {
      const column = new ColumnStore(names[i]!, this.rows);
      this.columns.push(column);
      this.byName.set(column.name, column);
    }
    for (const row of rows) {
      for (const [i, column] of this.columns.entries()) column.add(row[i] ?? null);
      this.rows++;
    }
  }

  column(name: string): ColumnStore | undefined {
    return this.byName.get(name);
  }
}
