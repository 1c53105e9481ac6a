/** One picture: drawn, dropped or from the test images, in all steps of the model. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { parameter, setParameters } from '../../../address.ts';
import { ClassChoice } from '../../../parts/class-strip.tsx';
import { newestWins } from '../../../parts/newest.ts';
import { classesOf } from '../../../parts/told.ts';
import { placedAsMnist } from '../drawing/as-mnist.ts';
import { raster } from '../drawing/raster.ts';
import { fromText, type Stroke, toText } from '../drawing/strokes.ts';
import { type Loaded, problemOf } from '../loaded.ts';
import { noiseFor } from '../noise.ts';
import type { Look } from '../picture.tsx';
import { convert } from '../pictures/convert.ts';
import type { ReadPicture } from '../pictures/read.ts';
import { Sources } from '../pictures/sources.tsx';
import { scoreKind } from '../score-choice.tsx';
import { type Answer, lookAt, type Question } from './look.ts';
import { NoiseControls } from './noise-controls.tsx';
import { Pad } from './pad.tsx';
import { Results } from './results.tsx';

const number = (name: string, otherwise: number): number => {
  const text = parameter(name);
  return text === null || !Number.isFinite(Number(text)) ? otherwise : Number(text);
};

export function OnePicture({ loaded }: { loaded: Loaded }) {
  const { model, images, ground } = loaded;
  const { channels, height, width } = model.info.image;
  const size = useMemo(() => ({ channels, height, width }), [channels, height, width]);
  const look = useMemo<Look>(() => ({ ...size, ink: ground === 'dark' && channels === 1 }), [size, ground]);
  const inks = ground === 'dark' ? { ground: 0, ink: 255 } : { ground: 255, ink: 0 };
  const side = Math.max(height, width);
  const isDigitLike = channels === 1 && ground === 'dark' && height === width;

  const text = parameter('draw') ?? '';
  const drawn = useMemo(() => fromText(text, side), [text, side]);
  /** The stroke under the hand. */
  const [live, setLive] = useState<Stroke | null>(null);
  const [file, setFile] = useState<ReadPicture | null>(null);
  const placing = isDigitLike && parameter('as-drawn') === null;

  const place = number('image', -1);
  const testImage = useMemo(
    () => (images !== null && place >= 0 && place < images.count ? imageAt(images, place) : null),
    [images, place],
  );
  const converted = useMemo(() => {
    const { preprocessing } = model.info;
    return file && convert(file.pixels, { preprocessing, ground, asMnist: placing }, file.original);
  }, [file, model, ground, placing]);
  const base = converted?.values ?? testImage;
  const strokes = useMemo(() => (live === null ? drawn : [...drawn, live]), [drawn, live]);
  const placed = useMemo(
    () => (placing && base === null ? placedAsMnist(strokes, size) : { strokes, note: null }),
    [placing, base, strokes, size],
  );
  const image = useMemo(
    () => (base === null && strokes.length === 0 ? null : raster(placed.strokes, size, inks, base)),
    [base, strokes, placed, size, inks.ground],
  );

  const noise = useMemo(() => noiseFor(model.info), [model]);
  const strength = Math.min(noise.most, Math.max(0, number('noise', 0)));
  const seed = number('seed', 1);
  const score = scoreKind(model);
  const classes = useMemo(() => classesOf(model), [model]);
  const named = (name: string) => classes.find((each) => each === parameter(name)) ?? null;
  const as = named('as');
  // A test image that nobody drew over is of its own class.
  const label =
    testImage === null || strokes.length > 0 ? undefined : images!.classes[images!.labels[place]!];
  const given = named('class') ?? classes.find((name) => name === label) ?? null;
  const question = useMemo<Question | null>(
    () => image && { image, noise: noise.type, strength, seed, score, class: given, as },
    [image, noise, strength, seed, score, given, as],
  );
  const { answer, problem } = useAnswer(loaded, question);

  const draw = (next: readonly Stroke[]) => setParameters({ draw: toText(next, side) || null });
  const clear = () => {
    setFile(null);
    setParameters({ draw: null, image: null });
  };
  return (
    <div class="one">
      <div class="left">
        <section class="pad-place" aria-label="The picture">
          <Pad
            look={look}
            inks={inks}
            base={base}
            strokes={strokes}
            isEmpty={image === null}
            onLive={setLive}
            onStroke={(stroke) => {
              setLive(null);
              draw([...drawn, stroke]);
            }}
            onUndo={() => draw(drawn.slice(0, -1))}
            canUndo={drawn.length > 0}
            onClear={clear}
            canClear={image !== null}
          />
          <Notes
            drawn={placed.note}
            file={file && `${file.name}: ${converted!.notes.join(' ')}`}
            isOver={base !== null && strokes.length > 0}
          />
        </section>
        <section class="source-part" aria-label="Where the picture comes from">
          {isDigitLike && (
            <label class="check">
              <input
                type="checkbox"
                checked={placing}
                onChange={({ currentTarget }) =>
                  setParameters({ 'as-drawn': currentTarget.checked ? null : 1 })
                }
              />
              Scale and centre it like MNIST’s digits
            </label>
          )}
          <Sources
            loaded={loaded}
            place={testImage === null ? null : place}
            onFile={(chosen) => {
              setFile(chosen);
              setParameters({ draw: null, image: null });
            }}
            onTestImage={(next) => {
              setFile(null);
              setParameters({ image: next, draw: null });
            }}
          />
          {classes.length > 0 && (
            <ClassChoice
              label="Class of the picture"
              classes={classes}
              chosen={named('class')}
              otherwise={label === undefined ? 'the best fit' : 'its own'}
              onChoose={(name) => setParameters({ class: name })}
            />
          )}
          <NoiseControls noise={noise} strength={strength} seed={seed} />
        </section>
      </div>
      <div class="right">
        {problem !== null && (
          <p class="failed" role="alert">{`The model cannot look at this picture: ${problem}`}</p>
        )}
        <Results loaded={loaded} look={look} answer={image === null ? null : answer} score={score} />
      </div>
    </div>
  );
}

/** What was done to the picture before the model got it. */
function Notes({ drawn, file, isOver }: { drawn: string | null; file: string | null; isOver: boolean }) {
  const notes = [
    file,
    drawn,
    isOver ? 'Your strokes are drawn over the picture.' : null,
    file === null ? null : 'A picture from a file is not in the address: a reload forgets it.',
  ];
  return (
    <p class="notes" role="status">
      {notes.filter((note) => note !== null).join(' ')}
    </p>
  );
}

function imageAt({ values, channels, height, width }: NonNullable<Loaded['images']>, i: number): Uint8Array {
  const size = channels * height * width;
  return values.subarray(i * size, (i + 1) * size);
}

/** What the model makes of the newest question. While it works, the last answer stays. */
function useAnswer({ model }: Loaded, question: Question | null) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = useMemo(
    () =>
      newestWins<Question>(
        async (given) => {
          setAnswer(await lookAt(model, given));
          setProblem(null);
        },
        (error) => setProblem(problemOf(error)),
      ),
    [model],
  );
  useEffect(() => {
    if (question !== null) ask(question);
  }, [ask, question]);
  return { answer, problem };
}
