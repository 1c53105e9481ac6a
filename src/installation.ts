/**
 * What comes with the package: files in assets/, and native libraries. If one cannot be loaded, that is an environment
 * error with its cause and a way out. Every layer may import this module.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HourglassError } from './errors.ts';

/**
 * The path of a file in assets/, seen from src and from dist alike; scripts/assets.js makes them.
 * @throws HourglassError of kind 'environment' where it is not there.
 */
export const assetFile = (name: string): string => packageFile(new URL(`../assets/${name}`, import.meta.url));

/** The path of a file of the package. @throws HourglassError of kind 'environment' where it is not there. */
export function packageFile(url: URL): string {
  const file = fileURLToPath(url);
  if (!existsSync(file)) throw missingFile(file);
  return file;
}

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** The error to throw where a file of the package is not there. */
function missingFile(file: string): HourglassError {
  return new HourglassError('environment', {
    subject: file,
    rule: 'is missing, although it comes with hourglass',
    hint: 'in a bundled program, keep hourglass external (docs/install.md); otherwise install it again, or run npm run build in a clone',
  });
}

/** The facts that the hint depends on. */
export interface Host {
  platform: string;
  arch: string;
  /** The version of glibc, or null if there is none, as on Alpine Linux. */
  glibc: string | null;
}

/** The error to throw where loading `library`, as 'ONNX Runtime' or 'sharp', ended with `cause`. */
export function cannotLoad(library: string, cause: unknown, host: Host = thisHost()): HourglassError {
  const text = cause instanceof Error ? cause.message : String(cause);
  // Some of these messages are a page long; their first line says what is wrong.
  const reason = text.trim().split('\n')[0]!.slice(0, 200);
  return new HourglassError(
    'environment',
    {
      subject: library,
      rule: `cannot be loaded on ${host.platform}-${host.arch} (${reason})`,
      hint: hintFor(text, (cause as { code?: string } | null)?.code, host),
    },
    { cause },
  );
}

function hintFor(message: string, code: string | undefined, { platform, arch, glibc }: Host): string {
  if (code === 'ERR_DLOPEN_DISABLED') return 'allow native add-ons: --allow-addons with --permission';
  if (!PLATFORMS.includes(`${platform}-${arch}`)) return `hourglass runs on ${PLATFORMS.join(', ')}`;
  if (platform === 'linux' && glibc === null) {
    return 'hourglass needs Linux with glibc 2.28 or newer; Alpine and others with musl are not supported: use a Debian-based image such as node:22-slim';
  }
  if (/GLIBC(XX)?_[\d.]+/.test(message)) {
    return `hourglass needs glibc 2.28 or newer, and this system has ${glibc}: use a newer system or container image`;
  }
  return 'install hourglass again with npm ci or npm i, and without --omit=optional';
}

function thisHost(): Host {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch, glibc: null };
  // Without this, the report looks up the names of network addresses, which can take seconds.
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return { platform, arch, glibc: header.glibcVersionRuntime ?? null };
}
