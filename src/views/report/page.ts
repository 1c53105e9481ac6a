/** The frame of a self-contained page: no script, no network, and its style inside. */
import { type Content, html, Markup } from './html.ts';

/** Two colour schemes, each with a contrast of at least 4.5; pictures have white backgrounds in both. */
const STYLE = `
:root { color-scheme: light dark; --page: #fcfcfb; --text: #1c1c1a; --soft: #595953; --line: #d9d9d3; --card: #f1f1ec; --link: #0b57a4; --mark: #e3efd9; --alarm: #a32014; }
@media (prefers-color-scheme: dark) {
  :root { --page: #17181a; --text: #e7e7e3; --soft: #a9a9a2; --line: #3b3d40; --card: #222427; --link: #8ab8ec; --mark: #2c4426; --alarm: #f2a49b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, li, dd { max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.lead { font-size: 1.1rem; }
.soft, figcaption, .caption { color: var(--soft); }
body.wide { max-width: none; }
.verdict { font-size: 1.1rem; }
.note { padding: .75rem 1rem; background: var(--card); border-left: 4px solid var(--link); }
code, pre { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
pre { padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .4rem 1.25rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; min-width: 0; }
dd ul { margin: 0; padding-left: 1.1rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .94rem; }
.caption { margin: 1rem 0 0; font-size: .94rem; }
.caption + .scroll { margin-top: .4rem; }
th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .soft, th .soft { display: block; font-weight: 400; font-size: .88em; }
.best { padding: .1rem .35rem; border-radius: 4px; background: var(--mark); font-weight: 700; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 1rem 0; }
.cards div { padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.cards h3 { margin-top: 0; }
.rows tbody th { min-width: 8rem; border-right: 1px solid var(--line); }
.rows tbody td:nth-child(2):not(.number), .rows td:first-child { overflow-wrap: anywhere; }
.rows tbody { border-bottom: 2px solid var(--line); }
.flag { color: var(--alarm); }
.bar { display: inline-block; height: .7em; min-width: 1px; background: var(--link); border-radius: 2px; }
figure { margin: 1.25rem 0 2rem; }
img { display: block; max-width: 100%; height: auto; padding: .5rem; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
figcaption { margin-top: .5rem; font-size: .94rem; }
thead .number { white-space: normal; }
tbody th:has(.soft) { min-width: 9rem; }
.picture { overflow-x: auto; }
@media (max-width: 34rem) {
  .bar { display: none; }
  body { padding-top: 1.25rem; }
  th, td { padding: .35rem .45rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; }
  /* A figure's name and definition take a line of their own, its numbers the next one. */
  table:has(tbody th .soft) tr { display: flex; flex-wrap: wrap; border-bottom: 1px solid var(--line); }
  table:has(tbody th .soft) :is(th, td) { flex: 1 0 0; min-width: 4.4rem; border: 0; white-space: normal; overflow-wrap: normal; }
  table:has(tbody th .soft) th:first-child { flex-basis: 100%; }
  /* The words in a picture stay readable: it scrolls. */
  .picture img { min-width: 30rem; }
}
@media print {
  :root { --page: #fff; --text: #000; --soft: #444; --line: #bbb; --card: #f5f5f5; --link: #000; --mark: #eee; --alarm: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  img { max-height: 23cm; }
}
`;

/** What a browser may load for the page, regardless of its text: the pictures and the style inside it. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function document(title: string, body: Content, width: 'text' | 'wide' = 'text'): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body class="${width}">
<main>
${body}</main>
</body>
</html>
`.text;
}
