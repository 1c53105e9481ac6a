import { expect, test } from 'vitest';
import { fontNotes, missingCharacters, wordsOf } from './missing-glyphs.ts';

/** A Unicode plane that has no characters: no font has a glyph for it. */
const NOWHERE = ['\u{a0001}', '\u{a0002}'];

test('what the own font has is drawn: Latin, Greek, Cyrillic, Arabic, Hebrew, arrows, signs', async () => {
  expect(await missingCharacters(['Größe', 'λ x̂ |x − x̂|', 'кошка', 'قط', 'חתול', '→ ≤ ✓'])).toEqual([]);
});

test('characters that no font has are found, each once', async () => {
  const [a, b] = NOWHERE as [string, string];
  expect(await missingCharacters([`cat${a}`, `${b}${a} ü`])).toEqual([a, b]);
});

test('one note names them, however many there are', async () => {
  expect(await fontNotes(['cat', 'Größe'])).toEqual([]);
  const [a, b] = NOWHERE as [string, string];
  const [one, ...others] = await fontNotes([a]);
  expect(others).toEqual([]);
  expect(one).toContain(`has the character: ${a}. Pictures show boxes`);
  expect((await fontNotes([a, b]))[0]).toContain(`has these characters: ${a} ${b}.`);
  const many = Array.from({ length: 30 }, (_, i) => String.fromCodePoint(0xa0001 + i));
  expect((await fontNotes(many))[0]).toMatch(/ …\./);
});

test('the words of a picture', () => {
  expect(wordsOf('<svg><text x="1">a b</text><path/><text>猫</text></svg>')).toEqual(['a b', '猫']);
});
