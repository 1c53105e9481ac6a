/** What a tour is: steps of three sentences, each with one thing to do. */
import type { View } from '../../view-names.ts';

/** What the step's button does. */
export type Action =
  | {
      readonly type: 'train';
      readonly label: string;
      /** What the tour calls the run. */
      readonly as: string;
      readonly recipe: string;
      readonly set: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'open';
      readonly label: string;
      readonly view: View;
      /** The run that is shown, by the tour's name for it. */
      readonly run: string;
      readonly parameters?: Readonly<Record<string, string | number>>;
    }
  | {
      readonly type: 'compare';
      readonly label: string;
      readonly runs: readonly string[];
      readonly parameters?: Readonly<Record<string, string | number>>;
    };

export interface Step {
  readonly title: string;
  readonly text: string;
  readonly action: Action;
}

export interface Tour {
  readonly id: string;
  readonly title: string;
  /** What one knows afterwards, in a sentence. */
  readonly about: string;
  readonly steps: readonly Step[];
}

/** The runs that a step needs, by the tour's names for them. */
export function needsOf({ action }: Step): readonly string[] {
  if (action.type === 'train') return [];
  return action.type === 'open' ? [action.run] : action.runs;
}

/** The step that trains a run; -1 if none does. */
export const stepThatTrains = ({ steps }: Tour, name: string): number =>
  steps.findIndex(({ action }) => action.type === 'train' && action.as === name);
