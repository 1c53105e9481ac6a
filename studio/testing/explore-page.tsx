/** The view Explore alone, over runs that a test serves: `runs.json` says which. */
import { loadModel } from 'hourglass/web';
import { render } from 'preact';
import type { ImageSet } from '../../src/studio/protocol.ts';
import type { ServedRun } from '../../test/studio/support/served-run.ts';
import type { Host } from '../host/host.ts';
import { Explore } from '../views/explore/index.tsx';
import { measureExplore } from './measure-explore.ts';

const runs: readonly ServedRun[] = await (await fetch('./runs.json')).json();
const bytes = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const find = (id: string) => runs.find(({ entry }) => entry.id === id)!;

const host = {
  kind: 'page',
  runs: async () => runs.map(({ entry }) => entry),
  async model(id: string) {
    const names: readonly string[] = await (await fetch(`./models/${id}/files.json`)).json();
    const files = new Map<string, Uint8Array>();
    for (const name of names) files.set(name, await bytes(`./models/${id}/${name}`));
    return loadModel(files);
  },
  async samples(id: string, split: string): Promise<ImageSet> {
    const { images } = find(id);
    const [values, labels] = [await bytes(`./images/${id}/${split}`), await bytes(`./labels/${id}/${split}`)];
    const count = values.length / (images.height * images.width * images.channels);
    return { ...images, count, values, labels };
  },
} as unknown as Host;

render(<Explore host={host} />, document.querySelector('main')!);
Object.assign(window, { measureExplore });
