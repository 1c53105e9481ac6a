/**
 * Node's side of the studio: the page as files, and what answers it. `studio.ts` is the socket, `app.ts` the routes, `runs.ts`
 * all runs of a folder, `live-run.ts` the process of each training. It knows no terminal.
 */
export { exportSite } from './site.ts';
export { type StudioOptions, type StudioService, startStudio } from './studio.ts';
