/** The noise slider. */
import { setParameters } from '../../../address.ts';
import type { NoiseKind } from '../noise.ts';

export function NoiseControls({
  noise,
  strength,
  seed,
}: {
  noise: NoiseKind;
  strength: number;
  seed: number;
}) {
  return (
    <div class="noise">
      <label>
        <span>{`${noise.label} ${strength.toFixed(2)}`}</span>
        <input
          type="range"
          min={0}
          max={noise.most}
          step={0.01}
          value={strength}
          onInput={({ currentTarget }) => setParameters({ noise: Number(currentTarget.value) || null })}
        />
      </label>
      <div class="buttons">
        {noise.trained !== null && (
          <button type="button" onClick={() => setParameters({ noise: noise.trained })}>
            {`As in training: ${noise.trained}`}
          </button>
        )}
        <button type="button" disabled={strength === 0} onClick={() => setParameters({ seed: seed + 1 })}>
          Other noise
        </button>
      </div>
    </div>
  );
}
