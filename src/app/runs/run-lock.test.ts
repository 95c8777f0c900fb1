import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunBusyError } from './run-errors.ts';
import { lockRun } from './run-lock.ts';

let folder: string;
const file = () => path.join(folder, 'run.lock');

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a lock of a process that lives holds', () => {
  const holder = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  try {
    writeFileSync(file(), `${holder.pid}\n`);
    expect(() => lockRun(folder)).toThrow(RunBusyError);
  } finally {
    holder.kill();
  }
});

test('a lock of a process that is gone is taken over, and given back', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file(), `${pid}\n`);
  const unlock = lockRun(folder);
  expect(existsSync(file())).toBe(true);
  unlock();
  expect(existsSync(file())).toBe(false);
});

test('half a lock (a kill while it was written) does not hold', () => {
  writeFileSync(file(), '');
  lockRun(folder)();
  expect(existsSync(file())).toBe(false);
});
