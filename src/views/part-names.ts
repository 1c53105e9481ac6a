/** Words for the parts of a loss. */
export { hasSampledCode, partName } from '../models/index.ts';
