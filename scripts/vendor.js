/**
 * Makes vendor/onnxruntime-web: the two files of the development dependency onnxruntime-web that pages load. And makes
 * vendor/onnxruntime-node: the part of the npm package onnxruntime-node that hourglass ships. On Linux x64 the
 * package's install script downloads several hundred MB of CUDA libraries from outside the npm registry, and the
 * installation fails where it cannot. So the package is not a dependency: it is installed here without scripts, from
 * vendor/package-lock.json, and what is needed is kept. See docs/decisions/0020-onnx-runtime-is-vendored.md.
 *
 * HOURGLASS_PLATFORMS limits the platforms, as "linux-x64" or "linux-x64,darwin-arm64": for a small tarball.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fused } from './fused.js';

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
const VENDOR = fileURLToPath(new URL('../vendor/', import.meta.url));
const TARGET = join(VENDOR, 'onnxruntime-node');
const BINARIES = join('bin', 'napi-v6');

/** Not needed: a second copy of a library, and the library of a device that hourglass does not offer. */
const LEFT_OUT = /libonnxruntime\.\d+\.\d+\.\d+\.dylib$|DirectML\.dll$|\.(map|d\.ts)$/;

function wantedPlatforms() {
  const named = process.env.HOURGLASS_PLATFORMS?.split(',').map((name) => name.trim());
  const wanted = named ?? PLATFORMS;
  const unknown = wanted.find((name) => !PLATFORMS.includes(name));
  if (unknown !== undefined) {
    throw new Error(`HOURGLASS_PLATFORMS: '${unknown}' is not one of ${PLATFORMS.join(', ')}`);
  }
  return wanted.sort();
}

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

function isUpToDate(version, platforms) {
  const file = join(TARGET, 'package.json');
  if (!existsSync(file) || json(file).version !== version) return false;
  const present = readdirSync(join(TARGET, BINARIES)).flatMap((os) =>
    readdirSync(join(TARGET, BINARIES, os)).map((cpu) => `${os}-${cpu}`),
  );
  return present.sort().join() === platforms.join();
}

function npmCi(folder) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error'];
  // npm says where it is to the scripts that it runs.
  const npm = process.env.npm_execpath;
  const options = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
  if (npm?.endsWith('.js')) execFileSync(process.execPath, [npm, ...args], options);
  else execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

function install(platforms) {
  // Put together elsewhere and renamed: another build may be running.
  const folder = mkdtempSync(join(VENDOR, '.install-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(VENDOR, file), join(folder, file));
    npmCi(folder);
    const source = join(folder, 'node_modules', 'onnxruntime-node');
    const kept = join(folder, 'kept');
    const filter = (file) => !LEFT_OUT.test(file);
    cpSync(join(source, 'dist'), join(kept, 'dist'), { recursive: true, filter });
    for (const platform of platforms) {
      const path = join(BINARIES, ...platform.split('-'));
      cpSync(join(source, path), join(kept, path), { recursive: true, filter });
    }
    const { name, version, license, author, repository, main } = json(join(source, 'package.json'));
    const description = 'A part of onnxruntime-node, shipped with hourglass';
    const shipped = { name, version, description, license, author, repository, main };
    writeFileSync(join(kept, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);
    rmSync(TARGET, { recursive: true, force: true });
    renameSync(kept, TARGET);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A second build for browsers with relaxed SIMD: its matrix products are faster. */
const RELAXED = 'ort-wasm-relaxed-simd-threaded.wasm';

/** The build with WebGPU, which suspends WebAssembly while the GPU works. */
const GPU = 'ort-wasm-simd-threaded.jspi.wasm';

/** 45 of 140 MB, of which a page loads one third: see docs/decisions/0027-pages-run-onnx-runtimes-module.md. */
function copyForPages() {
  const source = fileURLToPath(new URL('../node_modules/onnxruntime-web/', import.meta.url));
  const target = join(VENDOR, 'onnxruntime-web');
  const { name, version, license, author, repository } = json(join(source, 'package.json'));
  if (existsSync(join(target, GPU)) && json(join(target, 'package.json')).version === version) return;
  const folder = mkdtempSync(join(VENDOR, '.install-'));
  for (const file of ['.mjs', '.wasm', '.jspi.mjs', '.jspi.wasm'].map(
    (end) => `ort-wasm-simd-threaded${end}`,
  )) {
    cpSync(join(source, 'dist', file), join(folder, file));
  }
  writeFileSync(join(folder, RELAXED), fused(readFileSync(join(folder, 'ort-wasm-simd-threaded.wasm'))));
  const description = 'A part of onnxruntime-web, shipped with hourglass';
  const shipped = { name, version, description, license, author, repository, type: 'module' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);
  rmSync(target, { recursive: true, force: true });
  renameSync(folder, target);
}

copyForPages();
const { dependencies } = json(join(VENDOR, 'package.json'));
const platforms = wantedPlatforms();
if (!isUpToDate(dependencies['onnxruntime-node'], platforms)) {
  process.stdout.write(`hourglass: fetching ONNX Runtime for ${platforms.join(', ')}\n`);
  install(platforms);
}
