/** Files that the page makes for the user to keep. */

export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function savePicture(canvas: HTMLCanvasElement, name: string): void {
  canvas.toBlob((blob) => blob !== null && save(blob, name), 'image/png');
}

/** A table as CSV (RFC 4180). */
export function csv(header: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  const lines = [header, ...rows].map((row) => row.map(cell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

const cell = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const saveTable = (text: string, name: string): void =>
  save(new Blob([text], { type: 'text/csv;charset=utf-8' }), name);

/** A name as a part of a file's name. */
export const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'images';
