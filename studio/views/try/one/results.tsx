/** What the model makes of the picture, step by step. */
import { setParameters } from '../../../address.ts';
import { ClassChoice, ClassStrip, MOST_IN_STRIP } from '../../../parts/class-strip.tsx';
import { classesOf } from '../../../parts/told.ts';
import type { Loaded } from '../loaded.ts';
import { HeatBar, type Look, Picture } from '../picture.tsx';
import { ScoreChoice } from '../score-choice.tsx';
import {
  heldOutOf,
  percent,
  type ScoreKind,
  shareBelow,
  short,
  thresholdAt,
  verdictOf,
} from '../threshold.ts';
import { Code } from './code.tsx';
import type { Answer } from './look.ts';
import { CodePlane } from './plane.tsx';

export function Results({
  loaded,
  look,
  answer,
  score,
}: {
  loaded: Loaded;
  look: Look;
  answer: Answer | null;
  score: ScoreKind;
}) {
  const empty = new Float32Array(look.channels * look.height * look.width).fill(look.ink ? 0 : 1);
  const steps = [
    { title: 'Encoder input x', values: answer?.input ?? empty },
    { title: 'Reconstruction x̂', values: answer?.reconstruction ?? empty },
    { title: 'Error |x − x̂|', values: answer?.error ?? new Float32Array(empty.length), heat: true },
  ];
  return (
    <>
      <section class="steps-part" aria-label="What the model makes of it">
        <div class="steps">
          {steps.map(({ title, values, heat = false }) => (
            <figure key={title}>
              <figcaption>{title}</figcaption>
              <Picture
                values={values}
                look={look}
                heat={heat}
                label={answer === null ? `${title}: nothing yet` : title}
              />
              {heat && <HeatBar />}
            </figure>
          ))}
        </div>
        <AsClass loaded={loaded} look={look} answer={answer} />
        <Verdict loaded={loaded} answer={answer} kind={score} />
      </section>
      <section class="code-part" aria-label="Its code">
        <Code
          loaded={loaded}
          code={answer?.code ?? null}
          deviation={answer?.deviation ?? null}
          integers={answer?.integers ?? null}
        />
        <CodePlane loaded={loaded} code={answer?.code ?? null} deviation={answer?.deviation ?? null} />
      </section>
    </>
  );
}

/** The class that a conditional model draws the picture as. */
function AsClass({ loaded, look, answer }: { loaded: Loaded; look: Look; answer: Answer | null }) {
  const classes = classesOf(loaded.model);
  if (classes.length === 0) return null;
  const told = answer?.told ?? null;
  const choose = (name: string | null) => setParameters({ as: name === told?.own ? null : name });
  return (
    <div class="as-class">
      <ClassChoice
        label="Reconstruct as"
        classes={classes}
        chosen={answer?.question.as ?? null}
        otherwise="its own class"
        onChoose={choose}
      />
      {told !== null && (
        <p class="hint" role="status">
          {`Encoded as class ${told.own}${told.isFound ? ', which fits best' : ''}, drawn as class ${told.as}.`}
        </p>
      )}
      {classes.length <= MOST_IN_STRIP && (
        <ClassStrip
          classes={classes}
          pictures={told?.pictures ?? null}
          look={{ ...look, channels: look.channels === 3 ? 3 : 1 }}
          chosen={told?.as ?? null}
          own={told?.own ?? null}
          onChoose={choose}
        />
      )}
    </div>
  );
}

function Verdict({ loaded, answer, kind }: { loaded: Loaded; answer: Answer | null; kind: ScoreKind }) {
  const held = heldOutOf(loaded.model, kind);
  const threshold = held && thresholdAt(held);
  const isUnusual = answer !== null && threshold !== null && answer.score > threshold;
  return (
    <div class="verdict">
      <p role="status" class={answer === null ? '' : isUnusual ? 'unusual' : 'usual'}>
        {answer === null
          ? 'Nothing is drawn yet. Draw, or take a test image, and the model shows what it makes of it.'
          : verdictOf(answer.score, held, threshold)}
      </p>
      {answer !== null && answer.fromClean !== null && <Cleaned answer={answer} loaded={loaded} />}
      {held !== null && held.images < 100 && (
        <p class="hint">{`Only ${held.images} images were held out: the threshold is uncertain.`}</p>
      )}
      <ScoreChoice kind={kind} />
      {answer !== null && held !== null && (
        <p class="hint">
          {`${percent(shareBelow(held, answer.score))} of ${held.images.toLocaleString('en')} held-out images have a lower score.`}
        </p>
      )}
    </div>
  );
}

/** How much of the noise the model removed. */
function Cleaned({ answer, loaded }: { answer: Answer; loaded: Loaded }) {
  const { input, reconstruction } = answer.fromClean!;
  const isDenoiser = loaded.model.info.corruption.type !== 'none';
  return (
    <p class="hint">
      {`Mean squared distance from the picture without noise: ${short(input)} before, ${short(reconstruction)} after the model. `}
      {`The threshold is of images without noise${isDenoiser ? '' : ', and this model was not trained to remove it'}.`}
    </p>
  );
}
