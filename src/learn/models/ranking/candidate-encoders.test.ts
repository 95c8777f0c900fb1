import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { input } from '../../tensor/leaf.ts';
import { initialParameters, cutParameters, parameterLayout } from '../../tensor/parameters.ts';
import { compileProgram } from '../../tensor/program.ts';
import { encodeCandidates } from './ranking-states.ts';
import type { CandidateEncoderConfig } from './ranker-config.ts';
import { listStage } from './list-stage.ts';

const attention = { maxLength: 8, blocks: 2, heads: 2, dropout: 0 };
const encoders: readonly CandidateEncoderConfig[] = [
  { kind: 'hstu', ...attention, queryDimension: 4, valueDimension: 4 },
  { kind: 'hstu', ...attention, heads: 1, queryDimension: 6, valueDimension: 8 },
  { kind: 'transformer', ...attention, feedForward: 16 },
  { kind: 'sasrec', ...attention },
];
const dimension = 8;

interface Case {
  actions: Float32Array;
  candidates: Float32Array;
  actionSeconds: Int32Array;
  candidateSeconds: Int32Array;
  visible: Int32Array;
}

/** Runs an encoder on rows of `length` actions and `count` candidates with parameters that are all in use. */
async function compiled(config: CandidateEncoderConfig) {
  const output = encodeCandidates(config, dimension, {
    actions: input('actions', 'float32', ['batch', 'length', dimension]),
    candidates: input('candidates', 'float32', ['batch', 'candidates', dimension]),
    actionSeconds: input('actionSeconds', 'int32', ['batch', 'length']),
    candidateSeconds: input('candidateSeconds', 'int32', ['batch', 'candidates']),
    visible: input('visible', 'int32', ['batch', 'candidates']),
  });
  const layout = parameterLayout([output]);
  const random = createRandom(3, 'parameters');
  const parameters = initialParameters(layout, 1).map((value) => value + 0.3 * random.normal());
  const program = await compileProgram(
    { output },
    { substitutions: cutParameters(layout, input('parameters', 'float32', [layout.size])), threads: 1 },
  );
  return async (given: Case, batch: number, length: number, count: number) => {
    const { output: result } = await program.run({
      parameters: { data: parameters, shape: [layout.size] },
      actions: { data: given.actions, shape: [batch, length, dimension] },
      candidates: { data: given.candidates, shape: [batch, count, dimension] },
      actionSeconds: { data: given.actionSeconds, shape: [batch, length] },
      candidateSeconds: { data: given.candidateSeconds, shape: [batch, count] },
      visible: { data: given.visible, shape: [batch, count] },
    });
    return result!.data as Float32Array;
  };
}

function someCase(seed: number, length: number, count: number): Case {
  const random = createRandom(seed, 'case');
  const normals = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  const actionSeconds = Int32Array.from({ length }, () => random.integer(100_000)).sort();
  return {
    actions: normals(length * dimension),
    candidates: normals(count * dimension),
    actionSeconds,
    candidateSeconds: Int32Array.from({ length: count }, () => 100_000 + random.integer(100_000)),
    visible: Int32Array.from({ length: count }, () => random.integer(length + 1)),
  };
}

const rowOf = (output: Float32Array, at: number) => output.slice(at * dimension, (at + 1) * dimension);
const expectClose = (left: Float32Array, right: Float32Array, digits = 4) => {
  expect(left.length).toBe(right.length);
  left.forEach((value, at) => expect(value).toBeCloseTo(right[at]!, digits));
};

describe.each(encoders)('$kind with $heads heads', (config) => {
  it('gives each candidate what it gets alone: no candidate knows its company', async () => {
    const run = await compiled(config);
    const given = someCase(1, 7, 5);
    const together = await run(given, 1, 7, 5);
    expect(together.every(Number.isFinite)).toBe(true);
    for (let at = 0; at < 5; at++) {
      const alone = await run(
        {
          ...given,
          candidates: given.candidates.slice(at * dimension, (at + 1) * dimension),
          candidateSeconds: given.candidateSeconds.slice(at, at + 1),
          visible: given.visible.slice(at, at + 1),
        },
        1,
        7,
        1,
      );
      expectClose(alone, rowOf(together, at));
    }
  });

  it('reads the actions that are visible and none behind them', async () => {
    const run = await compiled(config);
    const given = { ...someCase(2, 7, 3), visible: Int32Array.of(0, 4, 7) };
    const before = await run(given, 1, 7, 3);
    const changed = { ...given, actions: given.actions.slice() };
    changed.actions.fill(5, 4 * dimension);
    const after = await run(changed, 1, 7, 3);
    expectClose(rowOf(after, 0), rowOf(before, 0), 6);
    expectClose(rowOf(after, 1), rowOf(before, 1), 6);
    const moved = Math.max(...rowOf(after, 2).map((value, at) => Math.abs(value - rowOf(before, 2)[at]!)));
    expect(moved).toBeGreaterThan(1e-3);
    const early = { ...given, actions: given.actions.slice() };
    early.actions[0]! += 3;
    const seen = await run(early, 1, 7, 3);
    expect(Math.max(...rowOf(seen, 1).map((value, at) => Math.abs(value - rowOf(before, 1)[at]!)))).toBeGreaterThan(1e-4);
  });

  it('gives a row the same beside longer rows: padding is not read', async () => {
    const run = await compiled(config);
    const [short, long] = [someCase(3, 4, 2), someCase(4, 8, 4)];
    const alone = await run(short, 1, 4, 2);
    const padded = <Values extends Float32Array | Int32Array>(values: Values, size: number, other: Values): Values => {
      const both = new (values.constructor as new (length: number) => Values)(2 * size);
      both.set(values);
      both.set(other, size);
      return both;
    };
    const both = await run(
      {
        actions: padded(short.actions, 8 * dimension, long.actions),
        candidates: padded(short.candidates, 4 * dimension, long.candidates),
        actionSeconds: padded(short.actionSeconds, 8, long.actionSeconds),
        candidateSeconds: padded(short.candidateSeconds, 4, long.candidateSeconds),
        visible: padded(short.visible, 4, long.visible),
      },
      2,
      8,
      4,
    );
    expectClose(both.slice(0, 2 * dimension), alone);
  });
});

describe('the list stage', () => {
  it('lets candidates see those of their own page and no others, in whatever order they stand', async () => {
    const output = listStage(
      { blocks: 1, heads: 2, dropout: 0 },
      input('candidates', 'float32', ['batch', 'candidates', dimension]),
      input('lists', 'int32', ['batch', 'candidates']),
    );
    const layout = parameterLayout([output]);
    const random = createRandom(5, 'parameters');
    const parameters = initialParameters(layout, 1).map((value) => value + 0.3 * random.normal());
    const program = await compileProgram(
      { output },
      { substitutions: cutParameters(layout, input('parameters', 'float32', [layout.size])), threads: 1 },
    );
    const run = async (candidates: Float32Array, lists: readonly number[]) => {
      const { output: result } = await program.run({
        parameters: { data: parameters, shape: [layout.size] },
        candidates: { data: candidates, shape: [1, lists.length, dimension] },
        lists: { data: Int32Array.from(lists), shape: [1, lists.length] },
      });
      return result!.data as Float32Array;
    };
    const { candidates } = someCase(6, 1, 5);
    const both = await run(candidates, [1, 1, 1, 2, 2]);
    expectClose(both.slice(0, 3 * dimension), await run(candidates.slice(0, 3 * dimension), [1, 1, 1]));
    expectClose(both.slice(3 * dimension), await run(candidates.slice(3 * dimension), [2, 2]));
    const alone = await run(candidates.slice(0, dimension), [1]);
    expect(Math.max(...alone.map((value, at) => Math.abs(value - both[at]!)))).toBeGreaterThan(1e-3);
    const turned = candidates.slice();
    turned.set(rowOf(candidates, 2), 0);
    turned.set(rowOf(candidates, 0), 2 * dimension);
    const afterTurn = await run(turned, [1, 1, 1, 2, 2]);
    expectClose(rowOf(afterTurn, 2), rowOf(both, 0));
    expectClose(rowOf(afterTurn, 0), rowOf(both, 2));
  });
});
