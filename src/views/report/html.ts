/**
 * HTML that its contents cannot break: text is escaped everywhere, and only what was made here counts as markup.
 * It is independent of runs.
 */

/** Markup that was made by {@link html}, as opposed to text. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What no page may hold, and what turns the direction of the text around it. */
const UNWANTED = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text as it stands in markup. */
export const escaped = (text: string): string =>
  text.replace(UNWANTED, '\ufffd').replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

function textOf(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escaped(String(content));
}

/** A template whose text is markup and whose values are escaped, in quoted attributes, too. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : textOf(values[i - 1]!) + part)).join(''));
}

/** What stands between tags, and in the attributes that are read out. */
const TEXTS = /(?<=>)[^<]+|(?<= (?:alt|aria-label)=")[^"]*/g;

/** The same markup with its texts changed; tags and addresses stay. */
export const withTexts = (content: Content, change: (text: string) => string): Markup =>
  new Markup(textOf(content).replace(TEXTS, (text) => change(text)));

export interface TableContent {
  caption: string;
  head: readonly Content[];
  /** Each row's first cell is its heading. */
  rows: readonly (readonly Content[])[];
  /** Columns of numbers, which are aligned at the right. */
  numbers?: (column: number) => boolean;
}

/** A table in a box of its own, which a narrow screen scrolls. */
export function table({ caption, head, rows, numbers = () => false }: TableContent): Markup {
  const side = (i: number) => (numbers(i) ? html` class="number"` : '');
  const cells = (row: readonly Content[]) =>
    row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${side(i)}>${cell}</td>`));
  // The caption stands outside the box, so that it is whole on a narrow screen.
  return html`<p class="caption">${caption}</p>
<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table aria-label="${caption}">
<thead><tr>${head.map((cell, i) => html`<th scope="col"${side(i)}>${cell}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody>
</table></div>
`;
}

/** Terms and what they mean. */
export const terms = (entries: readonly (readonly [Content, Content])[]): Markup =>
  html`<dl>
${entries.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`)}</dl>
`;

export const section = (title: string, ...content: Content[]): Markup =>
  html`<section>
<h2>${title}</h2>
${content}</section>
`;

/**
 * A picture on a white card with its caption, in a box of its own, which a narrow screen scrolls. `uri` holds the picture
 * itself, `file` is where it lies in full size.
 */
export const figure = (uri: string, alt: string, caption: Content, file?: string): Markup =>
  html`<figure>
<div class="picture">${file === undefined ? html`<img src="${uri}" alt="${alt}">` : html`<a href="${file}"><img src="${uri}" alt="${alt}"></a>`}</div>
<figcaption>${caption}</figcaption>
</figure>
`;
