/** A network that is measured, as plain data: pages get it too. */
import {
  type AutoencoderConfig,
  autoencoderSchema,
  type Definition,
  defineAutoencoder,
  type ObjectiveConfig,
  objectiveSchema,
} from '../src/models/index.ts';

/** Height and width of a digit. */
const SIDE = 28;
export const LEARNING_RATE = 0.001;

/** At least so many times as fast as a peer; at least such a share of the floor. */
export type Aims = Partial<Record<string, number>>;

export interface Network {
  name: string;
  /** What it is, in a line. */
  about: string;
  /** `training`: steps of Adam; otherwise the use of a model on so many images. */
  work: 'training' | 'encoding' | 'decoding' | 'scoring';
  /** Height and width of an image; 28 where it is left out. */
  side?: number;
  batches: readonly number[];
  aims: Aims;
  /** False where its products are not all that costs. */
  floor?: false;
  model: object;
  objective: object;
}

export const sideOf = ({ side = SIDE }: Network): number => side;

export function definitionOf(network: Network): Definition {
  const config: AutoencoderConfig = autoencoderSchema().parse({ family: 'autoencoder', ...network.model });
  return defineAutoencoder(config, { height: sideOf(network), width: sideOf(network), channels: 1 });
}

export const objectiveConfig = ({ objective }: Network): ObjectiveConfig =>
  objectiveSchema().parse(objective);
