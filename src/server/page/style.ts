/** The style of the page, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --ground: #ffffff; --card: #f6f8fa; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa4ae; --line: #3a424b; --ground: #12161b; --card: #1b2128; --accent: #6cb2f5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { margin: 0; font-size: 1.6rem; }
header p { margin: .2rem 0 0; color: var(--soft); }
a { color: var(--accent); }
section { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h2 { margin: 0 0 .6rem; font-size: 1.25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.try { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin-bottom: 1rem; }
.drop { flex: 1 1 min(22rem, 100%); min-width: 0; padding: 1rem; border: 2px dashed var(--line); border-radius: .5rem; background: var(--card); }
.drop.over { border-color: var(--accent); }
.drop p { margin: 0 0 .6rem; }
.drop .choice { white-space: nowrap; }
.drop input[type=file] { max-width: 100%; }
.hint, figcaption { color: var(--soft); font-size: .9rem; }
.said:empty { display: none; }
button { padding: .35rem .8rem; border: 1px solid var(--line); border-radius: .35rem; font: inherit; color: var(--ink); background: var(--ground); cursor: pointer; }
button.first { border-color: var(--accent); color: #ffffff; background: #0b5cad; }
button:focus-visible, a:focus-visible, input:focus-visible, textarea:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
figure { margin: 0; }
img { max-width: 100%; border-radius: .25rem; image-rendering: pixelated; }
.results { display: grid; gap: 1rem; }
.result { display: flex; flex-wrap: wrap; align-items: flex-end; gap: .8rem; min-width: 0; }
.result .input img { max-width: 7rem; max-height: 7rem; }
.result ul { flex-basis: 100%; margin: 0; padding-left: 1.2rem; font-size: .9rem; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8rem; border-radius: .5rem; font: 13px/1.5 ui-monospace, monospace; background: var(--card); }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody th { font: 13px/1.7 ui-monospace, monospace; white-space: nowrap; }
form.row { padding: 1rem; margin-bottom: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
form.row p { margin: 0 0 .6rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .5rem 1rem; margin-bottom: .8rem; }
.fields label { display: block; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.fields input, form.row textarea { display: block; width: 100%; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .35rem; font: inherit; color: var(--ink); background: var(--ground); }
form.row textarea { font: 13px/1.5 ui-monospace, monospace; }
.result caption { padding: .3rem 0; text-align: left; font-weight: 600; }
.result table { font-variant-numeric: tabular-nums; }
.absent { color: var(--soft); }
@media (max-width: 34rem) { tbody th { white-space: normal; } }
`;
