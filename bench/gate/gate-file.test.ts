import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandOutput, parseGates } from './gate-file.ts';

const line = {
  id: 'a-gate',
  what: 'a thing',
  command: 'node bench/a.ts',
  bar: [{ metric: 'x', operator: '>=', value: 1 }],
  stretch: [],
  runs: 1,
  timeoutMinutes: 1,
};
const file = (...gates: object[]) => JSON.stringify({ gates });

describe('parseGates', () => {
  it('reads the gates of this repository, whose programs are files of it', () => {
    const gates = parseGates(readFileSync(path.join(import.meta.dirname, '../gates.json'), 'utf8'));
    expect(gates.map(({ id }) => id)).toEqual(expect.arrayContaining(['two-commands', 'ml1m-quality', 'step-time', 'resume']));
    for (const { command } of gates) expect(command).toMatch(/^node bench\/[a-z0-9-]+\/[a-z0-9-]+\.ts( |$)/);
  });

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['no gate', file(), 'gates'],
    ['an unknown field', file({ ...line, extra: 1 }), 'extra'],
    ['an operator that is none', file({ ...line, bar: [{ metric: 'x', operator: '>', value: 1 }] }), 'operator'],
    ['no bar', file({ ...line, bar: [] }), 'bar'],
    ['an id that is no file name', file({ ...line, id: '../x' }), 'kebab-case'],
    ['an id twice', file(line, line), 'two gates have one id'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseGates(text)).toThrow(message);
  });
});

describe('parseCommandOutput', () => {
  it('reads figures and protocol', () => {
    const output = { figures: { hr10: 0.3, ok: true }, protocol: 'full rank' };
    expect(parseCommandOutput(JSON.stringify(output))).toEqual(output);
  });

  it.each([
    ['figures that are text', '{"figures":{"x":"1"},"protocol":"p"}', 'figures.x'],
    ['NaN, which JSON writes as null', '{"figures":{"x":null},"protocol":"p"}', 'figures.x'],
    ['no protocol', '{"figures":{"x":1}}', 'protocol'],
    ['half a file', '{"figures":', 'is not JSON'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseCommandOutput(text)).toThrow(message);
  });
});
