/** Sections of docs/results.md that are written on their own: the rest of the page stays as it is. */

/** A section with its heading, such as '## Tables', up to the next one; null if the page has none. */
export function sectionOf(page: string, heading: string): string | null {
  const found = placeOf(page, heading);
  return found === null ? null : page.slice(found.from, found.to);
}

/**
 * The rows of a section's table, by their first `keys` cells joined: those that a machine without their runs leaves as they are. Nothing
 * tells whether a recipe has changed since: its row is measured again with the change.
 */
export function rowsOf(page: string, heading: string, keys: number): ReadonlyMap<string, string[]> {
  const lines = (sectionOf(page, heading) ?? '').split('\n').filter((line) => line.startsWith('| '));
  const rows = lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
  return new Map(rows.map((row) => [keyOf(row, keys), row]));
}

/** What {@link rowsOf} finds a row by. */
export const keyOf = (row: readonly string[], keys: number): string => row.slice(0, keys).join(' | ');

/** The page with another text for a section, before the last section where it had none. */
export function withSection(page: string, heading: string, section: string): string {
  const found = placeOf(page, heading);
  if (found !== null) return `${page.slice(0, found.from)}${section}${page.slice(found.to)}`;
  const last = page.indexOf('## Repeating this');
  const at = last < 0 ? page.length : last;
  return `${page.slice(0, at)}${section}\n${page.slice(at)}`;
}

function placeOf(page: string, heading: string): { from: number; to: number } | null {
  const from = page.indexOf(`${heading}\n`);
  if (from < 0) return null;
  const next = page.indexOf('\n## ', from);
  return { from, to: next < 0 ? page.length : next };
}
