// `npm run lock`: after a change of dependencies. `npm install` leaves a platform's package out of the lock file when the
// registry in use does not hold it (mirrors often lag behind), and then `npm ci` refuses the lock file on every host. This
// adds those entries: version and platform, without an integrity, which nobody could look up. It also takes the registry's
// addresses out. `--check` changes nothing and fails when there is something to do.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const file = path.join(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

/** The platform that a package of native code is for, read from its name: `…-linux-arm64-musl`. */
function platformOf(name: string): object | null {
  const parts = /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/.exec(name);
  if (parts === null) return null;
  const [, os, cpu, flavour] = parts;
  const libc = os !== 'linux' || cpu === 'arm' ? {} : { libc: [flavour?.startsWith('musl') === true ? 'musl' : 'glibc'] };
  return { cpu: [cpu], ...libc, os: [os] };
}

let added = 0;
for (const [place, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isLocked = [`${place}/node_modules/${name}`, `node_modules/${name}`].some((candidate) => lock.packages[candidate] !== undefined);
    const platform = platformOf(name);
    if (isLocked || platform === null || !/^\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platform, optional: true } as LockedPackage;
    added++;
  }
}
const sorted = Object.entries(lock.packages).toSorted(([left], [right]) => left.localeCompare(right, 'en'));
lock.packages = Object.fromEntries(sorted.map(([place, { resolved: _resolved, ...rest }]) => [place, rest]));
const completed = `${JSON.stringify(lock, null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(file, completed);
  console.log(`lock: ${added} packages of other platforms added`);
} else if (completed !== readFileSync(file, 'utf8')) {
  console.error('package-lock.json is not complete: run `npm run lock` and commit it.');
  process.exitCode = 1;
}
