/** Display names for the parts of a loss. */
export { partName } from '../models/index.ts';
