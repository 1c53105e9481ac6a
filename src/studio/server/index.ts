/** Node's side of the studio: the page as files, and what answers it. It knows no terminal. */
export { exportSite } from './site.ts';
