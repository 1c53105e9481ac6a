/**
 * The storage that a browser gives a page: trainings by their names, in the origin's private file system. Each is a folder
 * with the files of a run. It knows neither trainings nor workers. A page imports kept.ts alone, which is small.
 */
export { holdTraining } from './hold.ts';
export { clearTraining, readTraining, requireKept } from './kept.ts';
export { lasting } from './lasting.ts';
export { storedFiles } from './stored-files.ts';
