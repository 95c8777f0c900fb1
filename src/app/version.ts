import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package (of the checkout, where Nisus runs from one). */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Version of this Nisus, from its package.json. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
