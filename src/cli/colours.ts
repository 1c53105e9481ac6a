import pc from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** Whether a stream shows colours: it is a terminal that has them, and NO_COLOR is not set. */
export const showsColours = (out: NodeJS.WriteStream): boolean => out.isTTY === true && pc.isColorSupported;

/** Functions that colour text for a stream; in a file, a pipe or a build log text stays plain. */
export const coloursOf = (out: NodeJS.WriteStream): Colors => pc.createColors(showsColours(out));
