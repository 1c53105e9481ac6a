/** Makes text from files, folders and flags safe to print: on one line, and unable to control a terminal. */

/** Control characters, formatting ones as those that turn the direction of text, and separators of lines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Replaces everything that would move the cursor, colour the text, reorder it or break the line with a space. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, ' ');

/** JSON that a terminal shows as it is: what {@link printable} replaces is written as `\u` escapes. The value is the same. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n'
      ? character
      : Array.from(
          { length: character.length },
          (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
