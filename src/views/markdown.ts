/** Escapes text for a Markdown page, so that it stays text. */

/** What Markdown, or the HTML that it may hold, takes for a mark. */
const MARKS = /[\\`*_{}[\]<>#|~!$&]/g;
/** What begins a list, a quotation or a rule at the start of a line. */
const BULLETS = /^(\s*)([-+=]|\d+[.)])/;

/** One line of text with every mark escaped; line breaks become spaces. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(MARKS, (mark) => (mark === '&' || mark === '<' || mark === '>' ? ENTITIES[mark] : `\\${mark}`))
    .replace(BULLETS, (_, space, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`);
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;' } as const;
