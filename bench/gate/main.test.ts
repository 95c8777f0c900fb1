import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gates-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Gates over a command that writes the given text as its output and ends with the given code. */
function gate(output: string | null, exitCode = 0, rest: object = {}): void {
  const program = path.join(folder, 'command.mjs');
  const write =
    output === null
      ? ''
      : `import { writeFileSync } from 'node:fs';\nwriteFileSync(process.env.NISUS_GATE_OUTPUT, ${JSON.stringify(output)});`;
  writeFileSync(program, `${write}\nconsole.log('the command speaks');\nprocess.exitCode = ${exitCode};`);
  const line = { id: 'speed', what: 'how fast', command: `node ${program}`, runs: 1, timeoutMinutes: 1, stretch: [], ...rest };
  writeFileSync(
    path.join(folder, 'gates.json'),
    JSON.stringify({ gates: [{ bar: [{ metric: 'ms', operator: '<=', value: 10 }], ...line }] }),
  );
}

function run(...args: string[]) {
  const env = { ...process.env, NISUS_GATES: path.join(folder, 'gates.json'), NISUS_GATE_RESULTS: path.join(folder, 'results') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}
const figures = (ms: number) => JSON.stringify({ figures: { ms }, protocol: 'one run of nothing' });
const result = () => JSON.parse(readFileSync(path.join(folder, 'results/speed.json'), 'utf8'));

describe('the gate command', () => {
  it('runs, tells, writes and ends with 0 when the bar holds', () => {
    gate(figures(8));
    const { status, stdout } = run('speed');
    expect(status).toBe(0);
    expect(stdout).toContain('the command speaks');
    expect(stdout).toContain('✓ ms = 8 (<= 10), first figure');
    expect(stdout).toContain('protocol: one run of nothing');
    expect(result()).toMatchObject({ id: 'speed', passed: true, figures: { ms: 8 }, machine: { node: process.version } });
    expect(result().revision.commit).toMatch(/^([0-9a-f]{40}|unknown)$/);
  });

  it('ends with 1 when it does not, and says worse beside the last time', () => {
    gate(figures(8));
    run('speed');
    gate(figures(12));
    const { status, stdout } = run('speed');
    expect([status, stdout]).toEqual([1, expect.stringContaining('✗ ms = 12 (<= 10), worse than last time')]);
    expect(result()).toMatchObject({ passed: false, figures: { ms: 12 }, previous: { figures: { ms: 8 } } });
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/speed \[DOES NOT HOLD\][^]*ms <= 10, last 12 ✗/) });
  });

  it('tells the stretch without asking for it', () => {
    gate(figures(8), 0, { stretch: [{ metric: 'ms', operator: '<=', value: 1 }] });
    expect(run('speed')).toMatchObject({ status: 0, stdout: expect.stringContaining('– ms = 8 (<= 1), first figure, stretch') });
    expect(result()).toMatchObject({ passed: true, stretchReached: false });
  });

  it.each([
    ['a command that fails', figures(8), 3, 'ended with 3'],
    ['a command that writes nothing', null, 0, 'wrote no figures'],
    ['a command that writes half', '{"figures":', 0, 'is not JSON'],
  ])('does not pass %s, and keeps the last result', (_, output, exitCode, message) => {
    gate(figures(8));
    run('speed');
    gate(output, exitCode);
    expect(run('speed')).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    expect(result()).toMatchObject({ figures: { ms: 8 } });
    expect(readdirSync(path.join(folder, 'results'))).toEqual(['speed.json']);
  });

  it('does not pass when the figure asked for is missing', () => {
    gate(JSON.stringify({ figures: { seconds: 1 }, protocol: 'p' }));
    expect(run('speed')).toMatchObject({ status: 1, stdout: expect.stringContaining('✗ ms = no figure') });
  });

  it('stops a command that takes longer than its time', () => {
    gate(null, 0, { timeoutMinutes: 0.02 });
    writeFileSync(path.join(folder, 'command.mjs'), 'setInterval(() => {}, 1000);');
    expect(run('speed')).toMatchObject({ status: 1, stderr: expect.stringContaining('took longer than its 0.02 minutes') });
  });

  it('lists gates that never ran, and ends with 2 for one that is none', () => {
    gate(figures(8));
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('speed [never run]') });
    expect(run('sped')).toMatchObject({ status: 2, stderr: expect.stringContaining('The gates are speed.') });
  });
});
