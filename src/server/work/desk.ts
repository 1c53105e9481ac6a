/** The jobs of the threads: JSON, CSV and forms to arrays and files, arrays to contact sheets. */
import { pictureOf, type SheetJob } from '../answers/picture.ts';
import { type CsvJob, readCsv } from '../requests/csv.ts';
import { type FormJob, type FormParts, partsOf } from '../requests/form.ts';
import { type JsonBody, type JsonJob, readJson } from '../requests/json.ts';
import type { TableRows } from '../requests/rows.ts';
import type { Runner } from './pool.ts';

export type DeskJob =
  | ({ type: 'json' } & JsonJob)
  | ({ type: 'csv' } & CsvJob)
  | ({ type: 'form' } & FormJob)
  | ({ type: 'sheet' } & SheetJob);
export type DeskResult = JsonBody | TableRows | FormParts | Uint8Array<ArrayBuffer>;
export type Desk = Runner<DeskJob, DeskResult>;

export async function performAtDesk(job: DeskJob): Promise<DeskResult> {
  if (job.type === 'json') return readJson(job);
  if (job.type === 'csv') return readCsv(job);
  return job.type === 'form' ? partsOf(job) : pictureOf(job);
}
