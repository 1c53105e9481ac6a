/** Texts on images in the words of rows. Knows nothing of what the texts say. */

/** What samples are: images, or rows of numbers. */
export type SampleKind = 'image' | 'row';

const ROW_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bimages\/s\b/g, 'rows/s'],
  [word('pixels'), 'values'],
  [word('pixel'), 'value'],
  [word('images'), 'rows'],
  [word('image'), 'row'],
  [word('pictures'), 'rows'],
  [word('picture'), 'row'],
];

/** The word itself: not a part of a path, of a setting or of another word. */
function word(text: string): RegExp {
  return new RegExp(`(?<![\\w./=-])${text}(?![\\w/=-]|\\.\\w)`, 'g');
}

/**
 * Gives a text that is worded for images in the words for these samples.
 * @param names of files, data sets and columns, which stay as they are.
 */
export function inWordsFor(kind: SampleKind, text: string, names: readonly string[] = []): string {
  if (kind === 'image') return text;
  const [name, ...others] = names;
  if (name !== undefined) {
    const parts = name === '' ? [text] : text.split(name);
    return parts.map((part) => inWordsFor(kind, part, others)).join(name);
  }
  return ROW_WORDS.reduce((worded, [from, to]) => worded.replace(from, to), text).replace(
    /(?<!\w)(Image|Picture)(s?)(?!\w)/g,
    'Row$2',
  );
}
