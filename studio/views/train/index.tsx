/** Choose a recipe and data, change settings, train, and see it learn. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DataEntry, RecipeEntry } from '../../../src/studio/protocol.ts';
import { withValues } from '../../../src/studio/settings.ts';
import { parameter, setParameters } from '../../address.ts';
import type { ViewProps } from '../../app.tsx';
import { onReturn } from '../../host/connection.ts';
import type { Host } from '../../host/host.ts';
import { changedSettings, changeSetting, chooseRecipe } from './choice.ts';
import { Icon } from './controls.tsx';
import { Data } from './data.tsx';
import { groupsOf, type Schema } from './fields.ts';
import { fitOf } from './fit.ts';
import { Form } from './form.tsx';
import { RecipeChoice } from './recipe-choice.tsx';
import { Run } from './run.tsx';

/** What a page without a choice begins with: small, and it has a plane to look at. */
const FIRST_RECIPE = 'vae';

interface Known {
  readonly recipes: readonly RecipeEntry[];
  readonly schema: Schema;
  readonly data: readonly DataEntry[];
}

/** What was known when the view was last shown: a run can be watched although nothing can be read now. */
let lastKnown: Known | null = null;

export function Train({ host }: ViewProps) {
  const [known, setKnown] = useState<Known | string | null>(lastKnown);
  const load = async () => {
    const [recipes, schema, data] = await Promise.all([host.recipes(), host.schema(), host.data()]);
    lastKnown = { recipes, schema, data };
    setKnown(lastKnown);
  };
  useEffect(() => {
    const read = () => void load().catch((error: Error) => setKnown((now) => now ?? error.message));
    read();
    return onReturn(read);
  }, [host]);
  if (known === null) return <p class="waiting">Reading the recipes …</p>;
  if (typeof known === 'string') {
    return <p class="failed" role="alert">{`The recipes cannot be read: ${known}`}</p>;
  }
  return <Workplace host={host} known={known} onChanged={load} />;
}

const isSmall = (): boolean => matchMedia('(max-width: 48rem)').matches;

function Workplace({ host, known, onChanged }: { host: Host; known: Known; onChanged: () => Promise<void> }) {
  const { recipes, schema, data } = known;
  const named = parameter('recipe');
  const found = recipes.find(({ id }) => id === (named ?? FIRST_RECIPE));
  const recipe = found ?? recipes[0]!;
  const chosenData = data.find(({ id }) => id === parameter('data')) ?? data[0]!;
  const set = changedSettings();
  const [refusal, setRefusal] = useState<string | null>(null);
  // What is wrong with a recipe as it is; settings that differ from it may have mended that.
  useEffect(() => setRefusal(Object.keys(set).length === 0 ? recipe.problem : null), [recipe]);
  const [isBeginning, setBeginning] = useState(false);
  const misfit = fitOf(recipe, chosenData);
  const cannotBegin = isBeginning || misfit !== null;
  // On a small screen a run is worth more than the settings that it had.
  const [isOpen, setOpen] = useState(parameter('run') === null || !isSmall());
  const begun = useRef<HTMLDivElement>(null);
  const [run, beside] = [parameter('run'), parameter('beside')];

  /** @param place which of the two runs on the page it becomes. */
  const begin = async (place: 'run' | 'beside', isPaused: boolean, values: Record<string, unknown> = set) => {
    setRefusal(null);
    setBeginning(true);
    try {
      const id = await host.train({
        recipe: recipe.origin === 'hourglass' ? recipe.name : recipe.config,
        ...{ set: values, data: chosenData.id, paused: isPaused },
      });
      setParameters({ [place]: id });
      if (isSmall()) setOpen(false);
      begun.current?.scrollIntoView({ block: 'start' });
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setBeginning(false);
    }
  };
  /** A run's own settings, not those of the form. */
  const again = async (id: string, place: 'run' | 'beside', isNewSeed: boolean) => {
    try {
      const { config, seed, data: own } = await host.run(id);
      if (own === null)
        throw new Error('The data of this run are not in the studio: choose them in the form.');
      const recipe = { ...config, seed: isNewSeed ? 1 + Math.floor(Math.random() * 1e6) : seed };
      setParameters({ [place]: await host.train({ recipe, set: {}, data: own }) });
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  const { main, rest } = groupsOf(schema, withValues(recipe.config, set), chosenData.samples);
  return (
    <div class={`train ${run === null ? 'fresh' : ''}`}>
      <details
        class="settings"
        open={isOpen}
        onToggle={({ currentTarget, target }) => target === currentTarget && setOpen(currentTarget.open)}
      >
        <summary>
          <h2>Settings</h2>
        </summary>
        <RecipeChoice
          {...{ host, recipes, chosen: recipe }}
          missing={found === undefined ? named : null}
          onChanged={onChanged}
        />
        <Why recipe={recipe} />
        <Data {...{ host, recipe, data, set, misfit }} chosen={chosenData} onAdded={onChanged} />
        <Form
          {...{ main, rest, refusal }}
          changed={Object.keys(set)}
          onChange={(path, value) => {
            setRefusal(null);
            changeSetting(recipe, path, value);
          }}
        />
        <Seed recipe={recipe} set={set} />
        <div class="begin">
          <button type="button" class="main" disabled={cannotBegin} onClick={() => void begin('run', false)}>
            <Icon of="play" /> {run === null ? 'Train' : 'Train anew'}
          </button>
          <button type="button" disabled={cannotBegin} onClick={() => void begin('run', true)}>
            <Icon of="step" /> Step by step
          </button>
          {run !== null && (
            <button type="button" disabled={cannotBegin} onClick={() => void begin('beside', false)}>
              Train beside
            </button>
          )}
          {Object.keys(set).length > 0 && (
            <button type="button" class="quiet" onClick={() => chooseRecipe(recipe.id)}>
              Reset settings
            </button>
          )}
        </div>
        {isBeginning && <p role="status">Reading the data, building the model …</p>}
        <p class="note">
          {host.kind === 'node'
            ? 'A training goes on if you close this page.'
            : 'Closing this page interrupts a training; it can be continued here later.'}
        </p>
      </details>
      <div class={`runs-shown ${beside === null ? '' : 'two'}`} ref={begun}>
        {run === null && <Welcome recipe={recipe} />}
        {run !== null && (
          <Run
            {...{ host, id: run }}
            onAgain={(isNewSeed) => void again(run, 'run', isNewSeed)}
            onClose={() => setParameters({ run: beside, beside: null })}
          />
        )}
        {run !== null && beside !== null && (
          <Run
            {...{ host, id: beside }}
            onAgain={(isNewSeed) => void again(beside, 'beside', isNewSeed)}
            onClose={() => setParameters({ beside: null })}
          />
        )}
      </div>
    </div>
  );
}

function Why({ recipe: { why, reference } }: { recipe: RecipeEntry }) {
  if (why === '' && reference === null) return null;
  const end = why.search(/[.;:] /) + 1 || why.length;
  return (
    <details class="why">
      <summary>{why.slice(0, end).replace(/[;:]$/, ' …')}</summary>
      <p>{why.slice(end)}</p>
      {reference !== null && <p>Held to: {reference}</p>}
    </details>
  );
}

function Welcome({ recipe }: { recipe: RecipeEntry }) {
  return (
    <div class="welcome">
      <h2>See it learn</h2>
      <p>
        An autoencoder squeezes each image, or each row of a table, through a few numbers, its <em>code</em>,
        and makes it again from them. Press <strong>Train</strong> to watch {recipe.name} learn this: its
        losses, its reconstructions, and where it puts each image or row in its code.
      </p>
      <p>
        <strong>Step by step</strong> begins paused: the first step is yours. While it trains, you can pause,
        slow it down, and change the learning rate.
      </p>
    </div>
  );
}

function Seed({ recipe, set }: { recipe: RecipeEntry; set: Readonly<Record<string, unknown>> }) {
  const seed = set.seed ?? recipe.config.seed ?? 1;
  const change = (value: number) =>
    Number.isSafeInteger(value) && value >= 0 && changeSetting(recipe, 'seed', value);
  return (
    <div class="field seed">
      <label for="seed">Seed</label>
      <input
        id="seed"
        inputMode="numeric"
        value={String(seed)}
        onInput={({ currentTarget }) => change(Number(currentTarget.value))}
      />
      <button type="button" onClick={() => change(1 + Math.floor(Math.random() * 1e6))}>
        New
      </button>
    </div>
  );
}
