/** The picture that is decoded now, and the image that is pointed at or chosen, with its reconstruction and its neighbours. */
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ImageTile } from '../../parts/images/image-tile.tsx';
import { show } from '../../parts/images/pixels.ts';
import { short } from '../../parts/plot/ticks.ts';
import { codeOf, nearestTo } from './codes.ts';
import type { Explorer } from './explorer.ts';
import { setParameters } from './settings.ts';

const SIZE = 108;
const NEIGHBOURS = 10;

/** Shows each new picture at once, without the page's list of changes in between: it follows the pointer. */
function DecodedPicture({ explorer }: { explorer: Explorer }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const count = useRef(0);
  useEffect(
    () =>
      effect(() => {
        const decoded = explorer.decoded.value;
        if (decoded === null || canvas.current === null) return;
        show(canvas.current, decoded.image, explorer.look);
        canvas.current.dataset.count = String(++count.current);
      }),
    [explorer],
  );
  const { width, height } = explorer.look;
  const scale = SIZE / Math.max(width, height);
  return (
    <canvas
      ref={canvas}
      class="tile decoded"
      role="img"
      aria-label="Decoded picture"
      style={{ width: `${width * scale}px`, height: `${height * scale}px` }}
    />
  );
}

export function Pictures({ explorer }: { explorer: Explorer }) {
  const index = explorer.shown.value;
  const { look } = explorer;
  const found = explorer.reconstruction.value;
  const reconstruction = found !== null && found.index === index ? found : null;
  return (
    <>
      <div class="pictures">
        <figure>
          <DecodedPicture explorer={explorer} />
          <figcaption>decoded here</figcaption>
        </figure>
        <figure>
          <ImageTile
            values={index === null ? null : explorer.imageOf(index)}
            look={look}
            name={index === null ? '' : `Image ${index}`}
            size={SIZE}
          />
          <figcaption>{index === null ? 'no image' : `image ${index.toLocaleString('en')}`}</figcaption>
        </figure>
        <figure>
          <ImageTile
            values={reconstruction?.image ?? null}
            look={look}
            name="Its reconstruction"
            size={SIZE}
          />
          <figcaption>reconstruction</figcaption>
        </figure>
      </div>
      <p class="facts" aria-live="polite">
        {index === null ? (
          'Point at a dot, or press Enter on the plane, to see its image.'
        ) : (
          <>
            {explorer.hasClasses && (
              <>
                class <b>{explorer.className(index)}</b>
              </>
            )}
            {reconstruction !== null && (
              <>
                {explorer.hasClasses && ' · '}
                squared error <b>{short(reconstruction.error)}</b>
              </>
            )}
          </>
        )}
      </p>
      {explorer.failure.value !== null && <p class="failed">{explorer.failure.value}</p>}
    </>
  );
}

const MOST_UNITS = 32;
/** Milliseconds that the pointer must rest on an image: the search takes time that the decoded picture would wait for. */
const REST = 120;

export function ImagePanel({ explorer }: { explorer: Explorer }) {
  const index = explorer.shown.value;
  const near = useSignal<{ index: number; distance: number }[]>([]);
  useEffect(() => {
    near.value = [];
    if (index === null) return;
    const abort = new AbortController();
    const search = () =>
      nearestTo(explorer.codes, index, NEIGHBOURS, abort.signal).then(
        (found) => {
          if (!abort.signal.aborted) near.value = found;
        },
        () => {},
      );
    const timer = setTimeout(search, explorer.hovered.peek() === null ? 0 : REST);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [explorer, index, near]);
  if (index === null) {
    return <p class="soft">No image is chosen. Click a dot, tap it, or press Enter on the plane.</p>;
  }
  const code = codeOf(explorer.codes, index);
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => setParameters({ from: index, to: null, panel: 'walk' })}>
          Walk from here
        </button>
        <button type="button" onClick={() => setParameters({ to: index, panel: 'walk' })}>
          Walk to here
        </button>
        {explorer.selected !== null && (
          <button type="button" onClick={() => explorer.select(null)}>
            Let go
          </button>
        )}
      </div>
      <h3>Nearest in code space</h3>
      <ul class="tiles">
        {near.value.map(({ index: other, distance }) => (
          <li key={other}>
            <button
              type="button"
              class="picture"
              onClick={() => explorer.select(other)}
              aria-label={`Image ${other}${explorer.hasClasses ? `, class ${explorer.className(other)}` : ''}, distance ${short(distance)}`}
            >
              <ImageTile values={explorer.imageOf(other)} look={explorer.look} name="" size={48} />
              <span>{explorer.hasClasses ? explorer.className(other) : short(distance)}</span>
            </button>
          </li>
        ))}
      </ul>
      <h3>Code</h3>
      <p class="code">
        {Array.from(code.subarray(0, MOST_UNITS), short).join('  ')}
        {code.length > MOST_UNITS && ` … (${code.length.toLocaleString('en')} units)`}
      </p>
    </>
  );
}
