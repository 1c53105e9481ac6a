/**
 * The data of a recorded run, opened again and checked to be the same: its images by name or folder, its splits, their
 * fingerprints, and what of them enters a model. It knows runs by their folders, and nothing of what is measured or drawn.
 * Files that must know no platform import `fingerprint.ts` and `statistics.ts` themselves.
 */
export {
  dataSettings,
  type OpenedRun,
  openRecordedData,
  openRunData,
  type PostedData,
  postedData,
  type SessionData,
  sameImages,
} from './data.ts';
export { configurationOf, requireSameImages } from './fingerprint.ts';
export { forFolder, forNamedSet, forTable } from './for-named-set.ts';
export { beginningOf, spreadOf } from './statistics.ts';
