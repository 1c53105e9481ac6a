/** Small sets, folders and servers for this folder's tests. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '../codecs/idx.ts';
import type { FileRole } from './dataset.ts';
import { specOf } from './registry.ts';

/** An environment in which no variable of the real one interferes. */
export const NO_ENV: NodeJS.ProcessEnv = {};

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'hourglass-data-'));
}

export type Files = Record<FileRole, Uint8Array>;

/** 30 training and 10 test images of 3×3, pixel p of image i being 9i + p; labels from `firstLabel` in turn. */
export function smallFiles(firstLabel = 0): Files {
  const images = (count: number) =>
    encodeIdx({ shape: [count, 3, 3], data: Uint8Array.from({ length: count * 9 }, (_, index) => index) });
  const labels = (count: number) =>
    encodeIdx({
      shape: [count],
      data: Uint8Array.from({ length: count }, (_, index) => firstLabel + (index % 10)),
    });
  return { trainImages: images(30), trainLabels: labels(30), testImages: images(10), testLabels: labels(10) };
}

/** Writes files under the official names of a set. */
export async function writeSet(folder: string, name: string, files: Partial<Files>): Promise<string> {
  await mkdir(folder, { recursive: true });
  const names = specOf(name).files;
  for (const [role, bytes] of Object.entries(files))
    await writeFile(join(folder, names[role as FileRole]), bytes);
  return folder;
}

/** A server on this machine; its URL ends in a slash. */
export async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

/** Answers requests for a set's .gz files. */
export function mirrorOf(name: string, files: Files): RequestListener {
  const entries = Object.entries(specOf(name).files);
  return (request, response) => {
    const role = entries.find(([, file]) => request.url === `/${file}.gz`)?.[0] as FileRole | undefined;
    if (!role) response.writeHead(404).end();
    else response.end(gzipSync(files[role]));
  };
}
