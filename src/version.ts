import { readFileSync } from 'node:fs';
import { packageFile } from './installation.ts';

/** The version in package.json. */
export function packageVersion(): string {
  const file = packageFile(new URL('../package.json', import.meta.url));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
