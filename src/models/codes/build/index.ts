/** The graphs of the kinds of code, one file each and one line in the table below. Only what trains or ships models loads them. */
import { Table } from '../../tables.ts';
import type { CodeBuilder } from '../kind.ts';
import { adversarialBuilder } from './adversarial.ts';
import { batchTopkBuilder } from './batch-topk.ts';
import { denseBuilder } from './dense.ts';
import { fsqBuilder } from './fsq.ts';
import { gaussianBuilder } from './gaussian.ts';
import { jumpreluBuilder } from './jumprelu.ts';
import { mapsBuilder } from './maps.ts';
import { matryoshkaBuilder } from './matryoshka.ts';
import { mmdBuilder } from './mmd.ts';
import { topkBuilder } from './topk.ts';
import { vqBuilder } from './vq.ts';

const BUILT_IN = [
  denseBuilder,
  mapsBuilder,
  gaussianBuilder,
  fsqBuilder,
  vqBuilder,
  topkBuilder,
  batchTopkBuilder,
  jumpreluBuilder,
  matryoshkaBuilder,
  mmdBuilder,
  adversarialBuilder,
] as const;

export const CODE_BUILDERS = new Table<CodeBuilder, typeof BUILT_IN>('code', BUILT_IN);
