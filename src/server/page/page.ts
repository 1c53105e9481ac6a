/** The page at `/`: the models, how to use them, and forms to try them. It is self-contained and works without scripts. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { ModelHost } from '../engine/host.ts';
import { factsOf } from '../routes/models.ts';
import type { ServiceState } from '../state.ts';
import { lackFor, verbsFor } from '../verbs/index.ts';
import { columnsText, curlOf, rowForm } from './rows.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // With 'no-referrer', a form of this page would have no origin, and be refused.
  'referrer-policy': 'same-origin',
  'content-security-policy': [
    "default-src 'none'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    `style-src ${hash(STYLE)}`,
    `script-src ${hash(SCRIPT)}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
};

/** Classes that are listed. */
const MOST_CLASSES = 30;
/** Units of a code that is written out in an example. */
const MOST_ZEROS = 32;

/** The page, for a visitor at `origin`. */
export async function pageOf(state: ServiceState, origin: string): Promise<string> {
  const models = [...state.models];
  const guarded = state.settings.token !== null;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hourglass: ${models.map(([name]) => name).join(', ')}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>hourglass</h1>
<p>${models.length === 1 ? 'One model' : `${models.length} models`}, served from here.
<a href="/openapi.json">OpenAPI</a> · <a href="/v1/models">models</a> · <a href="/health">health</a> ·
<a href="/metrics">metrics</a></p>
</header>
<main>
${models.map(([name, host]) => section(name, host, origin, guarded))}
</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`;
  return String(await page);
}

function section(name: string, host: ModelHost, origin: string, guarded: boolean) {
  const facts = factsOf(name, host);
  const base = `/v1/models/${name}`;
  const can = (verb: string) => facts.verbs.includes(`${base}/${verb}`);
  const token = guarded ? ' -H "Authorization: Bearer $HOURGLASS_TOKEN"' : '';
  return html`<section>
<h2>${name}</h2>
<dl>
<dt>recipe</dt><dd>${facts.recipe}${facts.variational ? ', variational' : ''}${facts.corruption === 'none' ? '' : `, trained with ${facts.corruption} noise`}</dd>
<dt>trained on</dt><dd>${facts.dataset}</dd>
${facts.columns === null ? '' : html`<dt>columns</dt><dd>${columnsText(facts.columns)}</dd>`}${
  facts.image === null
    ? ''
    : html`<dt>images</dt><dd>${facts.image.width} × ${facts.image.height}, ${facts.image.channels === 1 ? 'grey' : 'RGB'}</dd>`
}
${
  facts.classes === null
    ? ''
    : html`<dt>conditional on</dt><dd>${facts.classes.slice(0, MOST_CLASSES).join(', ')}${facts.classes.length > MOST_CLASSES ? ' …' : ''}</dd>
`
}<dt>code</dt><dd>${facts.codeUnits} ${facts.codeUnits === 1 ? 'unit' : 'units'}</dd>
${facts.image === null ? '' : html`<dt>neighbours among</dt><dd>${facts.references ?? 'none: no references were given'}</dd>`}
</dl>
${
  facts.columns === null
    ? imagesSection(name, facts, origin, token, can)
    : rowsSection(base, facts.columns, origin, token, can)
}
<table>
<thead><tr><th scope="col">verb</th><th scope="col">what it does</th></tr></thead>
<tbody>
${verbsFor(host.facts).map(
  (
    verb,
  ) => html`<tr${can(verb.name) ? '' : raw(' class="absent"')}><th scope="row">${verb.takes.length === 0 ? 'GET' : 'POST'} …/${verb.name}</th><td>${verb.summary}${can(verb.name) ? '' : ` Not available for this model: it ${lackFor(verb, host.facts)}.`}</td></tr>
`,
)}</tbody>
</table>
</section>`;
}

type Facts = ReturnType<typeof factsOf>;
type Can = (verb: string) => boolean;

function imagesSection(name: string, facts: Facts, origin: string, token: string, can: Can) {
  const base = `/v1/models/${name}`;
  // Names of classes may be anything.
  const told = facts.classes === null ? '' : `?class=${encodeURIComponent(facts.classes[0]!)}`;
  const picture = ['reconstruct', 'denoise', 'anomaly', 'neighbours'].filter(can);
  return html`<div class="try">
<form class="drop" method="post" enctype="multipart/form-data" action="${base}/reconstruct?format=png&amp;scale=4">
<p><label>Pictures: <input type="file" name="file" accept="image/png,image/jpeg,image/webp" multiple required></label></p>
<p>${picture.map((verb, i) => html`<button formaction="${base}/${verb}?format=png&amp;scale=4"${i === 0 ? raw(' class="first"') : ''}>${verb}</button> `)}
<label class="choice"><input type="checkbox" name="invert" value="yes"> dark ink on white paper</label></p>
${
  facts.classes === null
    ? ''
    : html`<p><label>Their class: <select name="class">${facts.classes.map((each) => html`<option>${each}</option>`)}</select></label></p>`
}
<p class="hint">PNG, JPEG or WebP of any size, dropped here or chosen.</p>
<p class="said" role="status"></p>
<div class="results"></div>
</form>
${
  can('sample')
    ? html`<figure><img src="${base}/sample?count=16&amp;seed=1&amp;format=png&amp;scale=2" alt="16 samples of ${name}">
<figcaption>16 samples, seed 1</figcaption></figure>`
    : ''
}
</div>
<details${facts.verbs.length > 0 ? raw(' open') : ''}><summary>With curl</summary>
<pre>curl${token} -H 'Content-Type: image/png' -H 'Accept: image/png' \\
     --data-binary @picture.png '${origin}${base}/reconstruct${told}' -o reconstruction.png

curl${token} -F a=@one.png -F b=@two.jpg '${origin}${base}/encode${told}'${
    facts.codeUnits > MOST_ZEROS
      ? ''
      : html`

curl${token} -H 'Content-Type: application/json' \\
     -d '{"codes": [[${Array(facts.codeUnits).fill(0).join(', ')}]]}' '${origin}${base}/decode${told}'`
  }</pre>
</details>`;
}

function rowsSection(
  base: string,
  columns: NonNullable<Facts['columns']>,
  origin: string,
  token: string,
  can: Can,
) {
  return html`${rowForm(base, columns, ['anomaly', 'reconstruct', 'encode'].filter(can))}
<details open><summary>With curl</summary>
<pre>curl${token} -H 'Content-Type: application/json' \\
     -d '${curlOf(columns)}' ${origin}${base}/anomaly</pre>
</details>`;
}
