/**
 * Tables: what the cells of a row mean, which type a column has, and how a row becomes the numbers that a model takes. The
 * encoding is learned from training rows, and is plain data. Knows no files and no models: readers are in `data/tables`.
 */
export { type Cell, cellOf, cellOfValue, textOf } from './cells.ts';
export {
  type ChangedConstant,
  ChangeTally,
  changeOf,
  constantColumns,
  type SavedChanges,
} from './constants.ts';
export { decodeRow, largestShares, sumByColumn } from './decode.ts';
export { describeColumn, describeEncoding } from './describe.ts';
export { RowEncoder } from './encode.ts';
export {
  type EncodedColumn,
  LEFT_OUT,
  type TableEncoding,
  tableEncodingSchema,
} from './encoding.ts';
export { type ColumnPart, explainRow, type ScoredRow } from './explain.ts';
export { encodingOf, fateOfNumbers, fitEncoding, type PlaceOf } from './fit.ts';
export { type ColumnMatch, matchColumns } from './match.ts';
export { type ColumnProfile, profileOf } from './profile.ts';
export { recordedEncoding } from './recorded.ts';
export { changedConstants, encodeRecords } from './records.ts';
export { type Roles, rolesOf } from './roles.ts';
export { TABLE_SETTINGS, type TableSettings, tableSettingsShape } from './settings.ts';
export { type ColumnStore, TableStore } from './store.ts';
export { specOfRows, widthOf } from './values.ts';
