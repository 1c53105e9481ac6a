/** hourglass's own work, whole: steps by the trainer that `train` uses, codes by the model that `loadModel` gives. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anomaly, loadModel, type Model, train } from 'hourglass';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { networkNamed } from '../networks.ts';
import { type Setup, serve } from '../protocol.ts';
import { trainingContest } from '../training.ts';
import type { Contest } from '../turn.ts';

/** What a model is used for: the work itself, on what it is given. */
const USES = {
  encoding: async (model: Model, images: Uint8Array) => () => model.encode(images),
  decoding: async (model: Model, images: Uint8Array) => {
    const { data: codes } = await model.encode(images);
    return () => model.decode(codes as Float32Array);
  },
  scoring: async (model: Model, images: Uint8Array) => () => anomaly(model, images),
};

await serve((setup) => {
  const network = networkNamed(setup.network);
  if (network.work !== 'training') return using(network.work, setup);
  const { images: count, threads, seed } = setup;
  const bytes = new Uint8Array(readFileSync(setup.data));
  return trainingContest(nodeEngine, network, { bytes, count, threads, seed });
});

async function using(
  work: keyof typeof USES,
  { data, images: count, seed, threads }: Setup,
): Promise<Contest> {
  const images = new Uint8Array(readFileSync(data));
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const out = join(folder, 'run');
  await train('stacked', { data: 'mnist-10k', epochs: 1, seed, out, threads, tensorboard: 'none' });
  const model = await loadModel(out, { threads });
  rmSync(folder, { recursive: true });
  return {
    ready: { modes: [work], parameters: 0, versions: {}, notes: [] },
    async step({ batch }) {
      // Ten thousand digits of which some come twice.
      const size = images.length / count;
      const asked = Uint8Array.from({ length: batch * size }, (_, i) => images[i % images.length]!);
      const use = await USES[work](model, asked);
      return async () => {
        await use();
        return 0;
      };
    },
  };
}
