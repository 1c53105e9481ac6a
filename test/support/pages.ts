/** What every page must be: whole, alone, and silent. */
import { expect } from 'vitest';

const EMPTY = new Set(['meta', 'img']);

/** Tags in pairs, attributes in quotes, each picture within and with words for it; no script and no network. */
export function expectSound(page: string): void {
  expect(page.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
  const open: string[] = [];
  let rest = page.slice('<!DOCTYPE html>'.length);
  while (rest !== '') {
    const tag = /^<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>/.exec(rest) ?? /^[^<>]+/.exec(rest)!;
    expect(tag, `markup that is none: ${rest.slice(0, 80)}`).not.toBeNull();
    rest = rest.slice(tag[0].length);
    const name = tag[2];
    if (name === undefined) expect(tag[0].replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    else if (tag[1] === '/') expect(open.pop()).toBe(name);
    else if (!EMPTY.has(name)) open.push(name);
    if (name === 'img') {
      expect(tag[3]).toMatch(/ src="data:image\/(svg\+xml|png);base64,[A-Za-z0-9+/]+=*"/);
      expect(tag[3]).toMatch(/ alt="[^"]{5,}"/);
    }
    expect(['script', 'iframe', 'object', 'link', 'base']).not.toContain(name);
    expect((tag[3] ?? '').replace(/"[^"]*"/g, '')).not.toMatch(/ on[a-z]+=/);
  }
  expect(open).toEqual([]);
  const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
  expect(addresses.filter((address) => !/^(data:image\/|\.\/)/.test(address))).toEqual([]);
  expect(page).not.toMatch(/url\(|@import/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(page.match(/<h1>/g)).toHaveLength(1);
}
