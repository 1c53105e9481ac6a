/** The picture that is decoded now, and the image that is pointed at or chosen, with its reconstruction and its neighbours. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ImageTile } from '../../parts/images/image-tile.tsx';
import { show } from '../../parts/images/pixels.ts';
import { short } from '../../parts/plot/ticks.ts';
import { EachClass } from './each-class.tsx';
import type { ImageExplorer } from './images.ts';
import { Paint } from './paint.tsx';
import { Panels } from './panels.tsx';
import { CodeOf, useNearest, WalkButtons } from './sample-panel.tsx';
import { Selection } from './selection.tsx';
import { Sliders } from './sliders.tsx';
import { ImageWalk } from './walk.tsx';

const SIZE = 108;

/** Shows each new picture at once, without the page's list of changes in between: it follows the pointer. */
function DecodedPicture({ explorer }: { explorer: ImageExplorer }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const count = useRef(0);
  useEffect(
    () =>
      effect(() => {
        const decoded = explorer.decoded.value;
        if (decoded === null || canvas.current === null) return;
        show(canvas.current, decoded.values, explorer.look);
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

function Pictures({ explorer }: { explorer: ImageExplorer }) {
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
            values={index === null ? null : explorer.sampleOf(index)}
            look={look}
            name={index === null ? '' : `Image ${index}`}
            size={SIZE}
          />
          <figcaption>{index === null ? 'no image' : explorer.titleOf(index)}</figcaption>
        </figure>
        <figure>
          <ImageTile
            values={reconstruction?.values ?? null}
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
      <EachClass explorer={explorer} />
      {explorer.failure.value !== null && <p class="failed">{explorer.failure.value}</p>}
    </>
  );
}

function ImagePanel({ explorer }: { explorer: ImageExplorer }) {
  const index = explorer.shown.value;
  const near = useNearest(explorer, index);
  if (index === null) {
    return <p class="soft">No image is chosen. Click a dot, tap it, or press Enter on the plane.</p>;
  }
  return (
    <>
      <WalkButtons explorer={explorer} index={index} />
      <h3>Nearest in code space</h3>
      <ul class="tiles">
        {near.map(({ index: other, distance }) => (
          <li key={other}>
            <button
              type="button"
              class="picture"
              onClick={() => explorer.select(other)}
              aria-label={`Image ${other}${explorer.hasClasses ? `, class ${explorer.className(other)}` : ''}, distance ${short(distance)}`}
            >
              <ImageTile values={explorer.sampleOf(other)} look={explorer.look} name="" size={48} />
              <span>{explorer.hasClasses ? explorer.className(other) : short(distance)}</span>
            </button>
          </li>
        ))}
      </ul>
      <CodeOf explorer={explorer} index={index} />
    </>
  );
}

export function ImageDetails({ explorer, name }: { explorer: ImageExplorer; name: string }) {
  return (
    <>
      <Pictures explorer={explorer} />
      <Panels
        explorer={explorer}
        panels={{
          image: { title: 'Image', part: <ImagePanel explorer={explorer} /> },
          sliders: { title: 'Sliders', part: <Sliders explorer={explorer} /> },
          paint: { title: 'Paint', part: <Paint explorer={explorer} /> },
          walk: { title: 'Walk', part: <ImageWalk explorer={explorer} name={name} /> },
          selection: { title: 'Selection', part: <Selection explorer={explorer} name={name} /> },
        }}
      />
    </>
  );
}
