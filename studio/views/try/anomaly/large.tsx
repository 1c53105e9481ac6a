/** One image large: what the model was given with the mask over it, its reconstruction, the mask. */
import { anomaly } from 'hourglass/web';
import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf, parameter, setParameters } from '../../../address.ts';
import { scoredAs } from '../../../parts/told.ts';
import { type Loaded, problemOf } from '../loaded.ts';
import { HeatBar, heatOf, type Look, Picture, pixelsOf } from '../picture.tsx';
import type { ScoreKind } from '../threshold.ts';
import type { Given } from './given.ts';
import { imageOf, nameOf } from './list.tsx';

interface Shown {
  readonly i: number;
  readonly reconstruction: Float32Array;
  readonly mask: Float32Array;
}

const OPACITY = 0.7;

export function Large({
  loaded,
  given,
  i,
  look,
  kind,
  verdict,
}: {
  loaded: Loaded;
  given: Given;
  i: number;
  look: Look;
  kind: ScoreKind;
  verdict: string;
}) {
  const { model } = loaded;
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    anomaly(model, imageOf(given, i), {
      score: kind,
      threshold: 0,
      ...scoredAs(model, given, i, i + 1),
    }).then(
      ({ reconstructions, masks }) => {
        if (current) setShown({ i, reconstruction: reconstructions.data, mask: masks.data });
      },
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [model, given, i, kind]);
  const opacity = Number(parameter('mask') ?? OPACITY);
  const image = imageOf(given, i);
  const isTest = given.names === null && parameter('from') === null;
  return (
    <section class="large" aria-label="The image large">
      <div class="try-bar">
        <h3>{given.names === null ? `Image ${i}` : nameOf(given, i)}</h3>
        {given.classes.length > 1 && <span>{`class ${given.classes[given.labels[i]!]}`}</span>}
        {isTest && <a href={addressOf('try', { run: loaded.run.id, image: i })}>All steps of the model</a>}
        <button type="button" onClick={() => setParameters({ at: null })}>
          Close
        </button>
      </div>
      {problem !== null && (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
      <div class="steps">
        <figure>
          <figcaption>Input with the mask</figcaption>
          <Overlaid image={image} mask={shown?.i === i ? shown.mask : null} look={look} opacity={opacity} />
          <label class="opacity">
            <span>Mask</span>
            <input
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={opacity}
              aria-label="Opacity of the mask"
              onInput={({ currentTarget }) => setParameters({ mask: currentTarget.value })}
            />
          </label>
        </figure>
        {shown !== null && (
          <>
            <figure>
              <figcaption>Reconstruction x̂</figcaption>
              <Picture values={shown.reconstruction} look={look} label="Reconstruction" />
            </figure>
            <figure>
              <figcaption>Mask |x − x̂|</figcaption>
              <Picture values={shown.mask} look={look} heat label="Mask" />
              <HeatBar />
            </figure>
          </>
        )}
      </div>
      <p role="status">{verdict}</p>
    </section>
  );
}

function Overlaid({
  image,
  mask,
  look,
  opacity,
}: {
  image: Uint8Array;
  mask: Float32Array | null;
  look: Look;
  opacity: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.putImageData(pixelsOf(image, look), 0, 0);
    if (mask === null) return;
    const heat = new OffscreenCanvas(look.width, look.height);
    heat.getContext('2d')!.putImageData(heatOf(mask, look, true), 0, 0);
    context.globalAlpha = opacity;
    context.drawImage(heat, 0, 0);
    context.globalAlpha = 1;
  }, [image, mask, look, opacity]);
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={look.width}
      height={look.height}
      role="img"
      aria-label="The image, with the mask over it"
    />
  );
}
