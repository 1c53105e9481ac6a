/** How close samples of the chosen runs come to held-out ones: a table for each run, what samples are drawn from in its rows. */
import { GENERATION_VALUES, RIGHT_CLASS } from '../../../src/metrics/figures/generation.ts';
import type { Generation, RunDetails } from '../../../src/studio/protocol.ts';
import { classColour } from '../../parts/ground.ts';
import { shortNumber } from '../../parts/numbers.ts';

export function GenerationOf({ runs }: { runs: readonly RunDetails[] }) {
  const measured = runs.flatMap(({ id, name, generation }, i) =>
    generation === null ? [] : [{ id, name, generation, colour: classColour(i) }],
  );
  if (measured.length === 0) return null;
  return (
    <section class="generation" aria-label="Samples against held-out ones">
      <h3>Samples against held-out ones</h3>
      {measured.map((run) => (
        <OfRun key={run.id} {...run} />
      ))}
      <details>
        <summary>What these figures are</summary>
        <dl>
          {GENERATION_VALUES.map(({ key, name, better, definition }) => (
            <div key={key}>
              <dt>{`${name}, ${better} is better`}</dt>
              <dd>{definition}. It has no unit.</dd>
            </div>
          ))}
          <div>
            <dt>right class, higher is better</dt>
            <dd>{RIGHT_CLASS}; of conditional models of digits alone.</dd>
          </div>
        </dl>
        <ul>
          {measured.map(({ id, name, generation }) => (
            <li key={id}>{`${name}: ${generation.definition}.`}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

interface OfRunProps {
  readonly name: string;
  readonly generation: Generation;
  readonly colour: string;
}

function OfRun({ name, generation: { images, sources }, colour }: OfRunProps) {
  const withClass = sources.some(({ rightClass }) => rightClass !== undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="wide" aria-label={`Samples of ${name}`} tabIndex={0}>
      <table class="sides">
        <caption>
          <span class="swatch" style={{ background: colour }} aria-hidden="true" />
          {` ${name}, ${images.toLocaleString('en')} samples of each`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Samples</th>
            {GENERATION_VALUES.map(({ key, name, better, definition }) => (
              <th key={key} scope="col" title={`${definition}; ${better} is better`}>
                {name} <span aria-hidden="true">{better === 'lower' ? '↓' : '↑'}</span>
              </th>
            ))}
            {withClass && (
              <th scope="col" title={`${RIGHT_CLASS}; higher is better`}>
                right class <span aria-hidden="true">↑</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.source}>
              <th scope="row">{source.note}</th>
              {GENERATION_VALUES.map(({ key }) => (
                <td key={key} class="number">
                  {shortNumber(source[key])}
                </td>
              ))}
              {withClass && (
                <td class="number">
                  {source.rightClass === undefined ? '–' : `${(100 * source.rightClass).toFixed(1)} %`}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
