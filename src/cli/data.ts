import { Command } from 'commander';
import { command } from '../command.ts';
import type { DatasetStatus } from '../data/status.ts';
import { coloursOf } from './colours.ts';
import { say, sayJson, tell } from './output.ts';
import { table, widthOf, wrap } from './table.ts';

const HELP = `
Examples:
  hourglass data                        which are on this machine, and which can be downloaded
  hourglass data fetch fashion-mnist    download one into the cache
  hourglass data --data-dir my-idx      what is in a folder of IDX files

A set is looked for in --data-dir or HOURGLASS_DATA, then in the cache (HOURGLASS_CACHE moves it), then
downloaded. HOURGLASS_OFFLINE=1 forbids downloads.`;

const FETCH_HELP = `
Examples:
  hourglass data fetch mnist
  HOURGLASS_CACHE=/data/sets hourglass data fetch fashion-mnist`;

interface DataFlags {
  dataDir?: string;
  json?: boolean;
}

export function dataCommand(): Command {
  const data = new Command('data')
    .description('list the data sets: which are on this machine, and which can be downloaded')
    .option('--data-dir <folder>', 'a folder of IDX files, gzipped or not, to look in')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', HELP)
    .action(listSets);
  data
    .command('fetch')
    .description('download a data set into the cache, and check it against its known checksums')
    .argument('<set>', "its name; 'hourglass data' lists them")
    .addHelpText('after', FETCH_HELP)
    .action(fetchSet);
  return data;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function listSets({ dataDir, json }: DataFlags): Promise<void> {
  const { describeDatasets } = await import('../data/status.ts');
  const sets = await describeDatasets(dataDir === undefined ? {} : { dataDir });
  if (json) {
    sayJson(sets);
    return;
  }
  const rows = sets.map((set) => {
    const counts = [set.train, set.validation, set.test].map((n) => n.toLocaleString('en')).join(' / ');
    return [set.name, counts, String(set.classes), whereabouts(set)];
  });
  const head = ['set', 'train / val / test', 'classes', 'where'];
  const { bold } = coloursOf(process.stdout);
  const width = widthOf(process.stdout);
  say(...table([head, ...rows], { width, head: bold }), '');
  say(
    ...wrap(
      `To download: ${command('data', 'fetch')} <set>. By hand: see "Data sets" in docs/guide.md.`,
      width,
    ),
  );
}

function whereabouts({ state, problem, where, bytes, downloadMB, checksums }: DatasetStatus): string {
  if (problem !== null) return problem;
  if (state === 'comes with hourglass') return state;
  if (where === null) return `${state === 'by hand' ? 'by hand' : 'to download'}, ${downloadMB} MB`;
  return `here: ${where}, ${megabytes(bytes ?? 0)}${checksums === 'verified' ? ', verified' : ''}`;
}

async function fetchSet(name: string): Promise<void> {
  const { fetchDataset } = await import('../data/open.ts');
  let told = '';
  const terminal = process.stderr.isTTY;
  const fetched = await fetchDataset(name, {
    onProgress: ({ file, received, total }) => {
      const part = total === null ? megabytes(received) : `${Math.floor((100 * received) / total)} %`;
      if (terminal) process.stderr.write(`\r\u001b[K${file}  ${part}`);
      else if (file !== told) tell(`downloading ${file}`);
      told = file;
    },
  }).finally(() => terminal && told !== '' && tell(''));
  say(`${fetched.name} is ${fetched.already ? 'already ' : ''}in ${fetched.dir}`);
}
