// `npm run build`: dist/ from src/, then what a reader of the package would find is looked at: publint, and every door opened.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

function step(name: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`build: ${name} failed`);
  process.exit(1);
}

/** Whether a file that the compiler does not emit belongs into the package: generated code, schemas, not tests' data. */
function isAsset(source: string): boolean {
  const file = path.relative(root, source).split(path.sep).join('/');
  if (file.includes('/goldens')) return false;
  return path.extname(file) === '' || /\.(js|d\.ts|json|sql|txt|html)$/.test(file);
}

rmSync(dist, { recursive: true, force: true });
step('the compiler', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
cpSync(path.join(root, 'src'), dist, { recursive: true, filter: isAsset });

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
for (const file of Object.values(manifest.bin)) {
  const program = path.join(root, file);
  if (!existsSync(program) || !readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node')) {
    console.error(`build: ${file} is missing, or does not begin with #!/usr/bin/env node`);
    process.exit(1);
  }
  chmodSync(program, 0o755);
}
step('publint', ['node_modules/publint/src/cli.js', '--strict', '--pack', 'npm']);

const doors = Object.keys(manifest.exports).filter((door) => !door.endsWith('.json'));
const open = `for (const door of ${JSON.stringify(doors.map((door) => `nisus${door.slice(1)}`))}) {
  const count = Object.keys(await import(door)).length;
  console.log(door + ': ' + count + ' exports');
  if (count === 0) throw new Error(door + ' exports nothing');
}`;
step('opening the subpath exports', ['--input-type=module', '--eval', open]);
