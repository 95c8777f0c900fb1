import type { Finding } from './check-documents.ts';

// Put together from parts, so that this file does not find itself.
const TOPS = ['home', 'root', 'work', 'Users', 'tmp'].join('|');
const MACHINE_PATH = new RegExp(String.raw`(?<![\w.~@*)}$\]-])/(?:${TOPS})/[\w.-]+`, 'g');
const DRIVE_PATH = /(?<![\w/])[A-Z]:\\{1,2}(?:Users|work|home)\\/g;

/**
 * Finds places of one machine in a text: absolute paths into home, root, work and scratch folders, and the addresses
 * of registries in a lock file. They mean nothing elsewhere.
 */
export function findPlaces(file: string, text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    for (const [place] of [...line.matchAll(MACHINE_PATH), ...line.matchAll(DRIVE_PATH)]) {
      findings.push({ file, line: index + 1, message: `${place} is a place of one machine: use a relative path, os.tmpdir() or mktemp` });
    }
    if (/(^|\/)package-lock\.json$/.test(file) && /"resolved":\s*"https?:/.test(line)) {
      findings.push({
        file,
        line: index + 1,
        message: 'names a registry: `npm config set omit-lockfile-registry-resolved true`, then `npm install --package-lock-only`',
      });
    }
  }
  return findings;
}
