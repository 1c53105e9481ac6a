import pc from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** Whether a stream shows colours: a terminal that has them, and a reader who did not say NO_COLOR. */
export const showsColours = (out: NodeJS.WriteStream): boolean => out.isTTY === true && pc.isColorSupported;

/** Functions that colour text for a stream; plain text where it is a file, a pipe or a build log. */
export const coloursOf = (out: NodeJS.WriteStream): Colors => pc.createColors(showsColours(out));
