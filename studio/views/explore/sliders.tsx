/** The code as sliders. */
import { UnitSliders } from '../../parts/unit-sliders.tsx';
import { codeOf, finite } from './codes.ts';
import type { Explorer } from './explorer.ts';

export function Sliders({ explorer }: { explorer: Explorer }) {
  const index = explorer.selected;
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => explorer.setCode(explorer.mean)}>
          Mean code
        </button>
        {index !== null && (
          <button type="button" onClick={() => explorer.setCode(finite(codeOf(explorer.codes, index)))}>
            Code of {explorer.titleOf(index)}
          </button>
        )}
      </div>
      <UnitSliders
        code={explorer.code.value}
        units={explorer.ranges}
        onChange={(code) => explorer.setCode(code)}
      />
    </>
  );
}
