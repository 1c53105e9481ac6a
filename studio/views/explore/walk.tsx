/** The walk from one sample to another: what lies on the way, one after the other or all at once. */
import { useSignal } from '@preact/signals';
import { interpolate } from 'hourglass/web';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { fileName, savePicture } from '../../parts/downloads.ts';
import { ImageTile } from '../../parts/images/image-tile.tsx';
import { sheet } from '../../parts/images/pixels.ts';
import { reducedMotion } from '../../parts/motion.ts';
import { codeOf, finite } from './codes.ts';
import type { Explorer } from './explorer.ts';
import type { ImageExplorer } from './images.ts';
import { parameter, setParameters, wholeOf } from './settings.ts';

const MOST_STEPS = 60;
/** Milliseconds for the whole way. */
const TIME = 2500;

/** The decoded samples of a walk. */
export interface Steps {
  readonly samples: readonly Float32Array[];
  /** The one that is shown. */
  readonly now: number;
  /** The positions of the samples at its ends. */
  readonly from: number;
  readonly to: number;
}

export interface WalkProps {
  readonly explorer: Explorer;
  /** Steps where the address names no number. */
  readonly usual: number;
  /** A picture of the sample at an end, if samples have one; null for none chosen. */
  readonly end?: (index: number | null) => JSX.Element;
  /** A way to keep what is shown. */
  readonly download: (steps: Steps) => JSX.Element;
  readonly show: (steps: Steps) => JSX.Element;
}

export function Walk({ explorer, usual, end: pictureOf, download, show: shown }: WalkProps) {
  const { codes, model } = explorer;
  const from = wholeOf(parameter('from'), codes.count);
  const to = wholeOf(parameter('to'), codes.count);
  const steps = Math.min(MOST_STEPS, Math.max(3, wholeOf(parameter('steps'), MOST_STEPS + 1) ?? usual));
  const spherical = model.info.prior?.isStandardNormal === true && parameter('way') === 'spherical';
  const as = explorer.chosenClass;
  const samples = useSignal<Float32Array[]>([]);
  const failure = useSignal<string | null>(null);
  const playing = useSignal(false);

  useEffect(() => {
    samples.value = [];
    explorer.walk.value = null;
    if (from === null || to === null) return;
    let late = false;
    const ends = [from, to].map((index) => finite(codeOf(codes, index))) as [Float32Array, Float32Array];
    const told = explorer.toldOnWay(from, to, steps);
    interpolate(model, ...ends, steps, { method: spherical ? 'spherical' : 'linear', ...told }).then(
      (found) => {
        if (late) return;
        failure.value = null;
        const all = found.images.data as Float32Array;
        samples.value = Array.from({ length: steps }, (_, i) => explorer.decodedAt(all, i));
        explorer.walk.value = { codes: found.codes.data as Float32Array, steps, now: 0 };
      },
      (error: Error) => {
        if (!late) failure.value = error.message;
      },
    );
    return () => {
      late = true;
    };
  }, [explorer, from, to, steps, spherical, as, codes, model, samples, failure]);
  useEffect(
    () => () => {
      explorer.walk.value = null;
    },
    [explorer],
  );

  const show = (now: number) => {
    const walk = explorer.walk.peek();
    if (walk === null) return;
    explorer.walk.value = { ...walk, now };
    explorer.code.value = walk.codes.slice(now * codes.units, (now + 1) * codes.units);
  };
  useEffect(() => {
    if (!playing.value) return;
    // There and back again. For a reader who wants less motion: a step a second.
    const pause = reducedMotion.value ? 1000 : Math.max(30, TIME / steps);
    let at = 0;
    const timer = setInterval(() => {
      at = (at + 1) % (2 * steps - 2);
      show(at < steps ? at : 2 * steps - 2 - at);
    }, pause);
    return () => clearInterval(timer);
  }, [playing.value, steps, from, to, reducedMotion.value]);

  const now = explorer.walk.value?.now ?? 0;
  const walked: Steps | null =
    from === null || to === null || samples.value.length === 0
      ? null
      : { samples: samples.value, now, from, to };
  const end = (title: string, index: number | null, parameterName: string) => (
    <label class="walk-end">
      {title}
      <input
        {...(explorer.kind === 'image'
          ? { type: 'number', min: 0, max: codes.count - 1 }
          : { type: 'text', inputMode: 'numeric' })}
        value={index === null ? '' : explorer.nameOf(index)}
        // At once: what is typed must not be lost when the panel is drawn again before the field is left.
        onInput={({ currentTarget: { value } }) => {
          const typed = explorer.indexOf(value);
          if (typed !== null || value === '') setParameters({ [parameterName]: typed });
        }}
      />
      {pictureOf?.(index)}
    </label>
  );
  return (
    <>
      <div class="row">
        {end(explorer.worded('From image'), from, 'from')}
        {end(explorer.worded('to image'), to, 'to')}
        <button
          type="button"
          disabled={from === null || to === null}
          onClick={() => setParameters({ from: to, to: from })}
        >
          Swap
        </button>
      </div>
      <div class="row">
        <label>
          Steps
          <input
            type="number"
            min={3}
            max={MOST_STEPS}
            value={steps}
            onChange={({ currentTarget }) => setParameters({ steps: currentTarget.value })}
          />
        </label>
        {model.info.prior?.isStandardNormal === true && (
          <label>
            Way
            <select
              value={spherical ? 'spherical' : 'linear'}
              onChange={({ currentTarget }) =>
                setParameters({ way: currentTarget.value === 'linear' ? null : currentTarget.value })
              }
            >
              <option value="linear">straight</option>
              <option value="spherical">along the sphere</option>
            </select>
          </label>
        )}
      </div>
      {failure.value !== null && <p class="failed">{failure.value}</p>}
      {walked === null ? (
        <p class="soft">
          {explorer.worded(
            'Choose two images: with the tool “Walk” on the plane, by their numbers here, or in the panel “Image”.',
          )}
        </p>
      ) : (
        <>
          <div class="row">
            <button
              type="button"
              aria-pressed={playing.value}
              onClick={() => {
                playing.value = !playing.value;
              }}
            >
              {playing.value ? 'Stop' : 'Play'}
            </button>
            <input
              type="range"
              min={0}
              max={steps - 1}
              value={now}
              aria-label="Place on the walk"
              aria-valuetext={`step ${now + 1} of ${steps}`}
              onInput={({ currentTarget }) => {
                playing.value = false;
                show(Number(currentTarget.value));
              }}
            />
            {download(walked)}
          </div>
          {shown(walked)}
        </>
      )}
    </>
  );
}

const IMAGE_STEPS = 9;

export function ImageWalk({ explorer, name }: { explorer: ImageExplorer; name: string }) {
  const { look } = explorer;
  return (
    <Walk
      explorer={explorer}
      usual={IMAGE_STEPS}
      end={(index) => (
        <ImageTile values={index === null ? null : explorer.sampleOf(index)} look={look} name="" size={48} />
      )}
      download={({ samples, from, to }) => (
        <button
          type="button"
          onClick={() =>
            savePicture(
              sheet(samples, look, { columns: samples.length, scale: 2 }),
              `${fileName(name)}-walk-${from}-${to}.png`,
            )
          }
        >
          Download PNG
        </button>
      )}
      show={({ samples, now }) => (
        <ul class="tiles">
          {samples.map((values, i) => (
            <li key={i} class={i === now ? 'now' : ''}>
              <ImageTile values={values} look={look} name={`Step ${i + 1}`} size={48} />
            </li>
          ))}
        </ul>
      )}
    />
  );
}
