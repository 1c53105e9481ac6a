/** A recipe without its prose, to compare runs by. */
export function settingsOf({
  why: _why,
  reference: _reference,
  ...settings
}: Record<string, unknown>): string {
  return JSON.stringify(settings);
}
