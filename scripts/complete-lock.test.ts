import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

it('finds the lock file complete: `npm ci` takes it on every platform', () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'complete-lock.ts'), '--check'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});
