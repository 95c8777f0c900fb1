import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { linear } from '../../nn/linear.ts';
import { taskLosses, weightedSum } from '../../training/task-loss.ts';
import { gradients } from '../../tensor/gradient.ts';
import { between, checkOperator } from '../../tensor/gradient-check.fixture.ts';
import { input } from '../../tensor/leaf.ts';
import { cutParameters, initialParameters, parameterLayout, parameterView, type ParameterLayout } from '../../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import { topologicalOrder, type Tensor } from '../../tensor/tensor.ts';
import { buildMultiTask, MultiTaskModelError, type MultiTaskOutput } from './build-multi-task.ts';
import { bothLogit } from './esmm.ts';
import { deadExperts, tallyUtilisation, type GateUtilisation } from './gate-utilisation.ts';
import { multiTaskConfigSchema } from './multi-task-config.ts';
import { stackedMultiTask } from './stacked-tasks.ts';

const dimension = 5;
const tasks = ['income', 'marital'];
const build = (config: unknown, names: readonly string[] = tasks): MultiTaskOutput =>
  buildMultiTask(multiTaskConfigSchema.parse(config), () => input('x', 'float32', ['batch', dimension]), names, 'training');
const randomX = (rows: number, seed: number): TensorValue => {
  const random = createRandom(seed, 'x');
  return { data: Float32Array.from({ length: rows * dimension }, () => random.normal()), shape: [rows, dimension] };
};

async function run(outputs: Record<string, Tensor>, parameters: (name: string) => Float32Array | null, feeds: Record<string, TensorValue>) {
  const program = await compileProgram(outputs, { threads: 1, parameterValue: parameters });
  const results = await program.run(feeds);
  await program.close();
  return results;
}

function fresh(outputs: readonly Tensor[], seed: number): { layout: ParameterLayout; flat: Float32Array } {
  const layout = parameterLayout(outputs);
  return { layout, flat: initialParameters(layout, seed) };
}

describe('with one expert for all', () => {
  const bottom = { kind: 'shared-bottom', hidden: [6, 4], tower: [3] };
  const equals: readonly (readonly [string, unknown, (name: string) => string])[] = [
    ['MMoE', { kind: 'mmoe', experts: 1, expertHidden: [6, 4], tower: [3] }, (name) => name.replace('expert0.', 'bottom.')],
    [
      'PLE of one level',
      { kind: 'ple', levels: [{ expertHidden: [6, 4] }], taskExperts: 0, sharedExperts: 1, tower: [3] },
      (name) => name.replace('level0.shared.expert0.', 'bottom.'),
    ],
    [
      'PLE of two levels',
      { kind: 'ple', levels: [{ expertHidden: [6] }, { expertHidden: [4] }], taskExperts: 0, sharedExperts: 1, tower: [3] },
      (name) => name.replace('level0.shared.expert0.', 'bottom.').replace('level1.shared.expert0.hidden0', 'bottom.hidden1'),
    ],
  ];

  it.each(equals)('%s is a shared bottom', async (_name, config, theirs) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 9 }), async (seed, rows) => {
        const [plain, gated] = [build(bottom), build(config)];
        const { layout, flat } = fresh(Object.values(plain.logits), seed);
        const own = fresh(Object.values(gated.logits), seed + 1);
        const feeds = { x: randomX(rows, seed) };
        const expected = await run({ ...plain.logits }, (name) => parameterView(layout, flat, name), feeds);
        // Gates may hold anything: over one expert they are 1.
        const found = await run(
          { ...gated.logits },
          (name) => parameterView(layout, flat, theirs(name)) ?? parameterView(own.layout, own.flat, name),
          feeds,
        );
        expect(own.layout.slots.filter(({ name }) => parameterView(layout, flat, theirs(name)) === null).map(({ name }) => name)).toEqual(
          own.layout.slots.map(({ name }) => name).filter((name) => name.endsWith('gate.weight')),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});

describe('gates', () => {
  it('are distributions over the experts that each may use', async () => {
    const { logits, gates } = build({
      kind: 'ple',
      levels: [{ expertHidden: [4] }, { expertHidden: [3] }],
      taskExperts: 2,
      sharedExperts: 1,
    });
    expect(gates.map(({ level, task, experts }) => [level, task, experts.length])).toEqual([
      [0, 'income', 3],
      [0, 'marital', 3],
      [0, 'shared', 5],
      [1, 'income', 3],
      [1, 'marital', 3],
    ]);
    expect(gates[1]!.experts).toEqual(['level0.marital.expert0', 'level0.marital.expert1', 'level0.shared.expert0']);
    const { layout, flat } = fresh(Object.values(logits), 3);
    // Fresh gates are even.
    for (const { name, offset, size } of layout.slots)
      if (name.endsWith('gate.weight')) expect(flat.subarray(offset, offset + size)).toEqual(new Float32Array(size));
    const random = createRandom(3, 'gates');
    for (let at = 0; at < flat.length; at++) flat[at]! += 0.5 * random.normal();
    const weights = await run(
      Object.fromEntries(gates.map((gate, at) => [`gate${at}`, gate.weights])),
      (name) => parameterView(layout, flat, name),
      {
        x: randomX(7, 1),
      },
    );
    gates.forEach(({ experts }, at) => {
      const { data, shape } = weights[`gate${at}`]!;
      expect(shape).toEqual([7, experts.length]);
      for (let row = 0; row < 7; row++) {
        const line = Array.from({ length: experts.length }, (_, expert) => Number(data[row * experts.length + expert]));
        expect(line.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        expect(Math.min(...line)).toBeGreaterThan(0);
      }
    });
  });

  it('tell how experts are used, and which are dead', () => {
    const tally = tallyUtilisation([
      { level: 0, task: 'income', experts: ['a', 'b', 'c'] },
      { level: 0, task: 'marital', experts: ['b', 'c', 'd'] },
      { level: 1, task: 'income', experts: ['only'] },
    ]);
    tally.add(
      [
        [0.5, 0.5, 0, 0.9, 0.1, 0],
        [0.2, 0.02, 0.78, 0.2, 0.02, 0.78],
        [1, 1],
      ],
      2,
    );
    tally.add([[1, 0, 0], [0.1, 0.02, 0.88], [1]], 1);
    const [income, marital, only] = tally.report() as [GateUtilisation, GateUtilisation, GateUtilisation];
    expect(income.experts).toEqual([
      { name: 'a', meanWeight: expect.closeTo(0.8, 12), topShare: 1 },
      { name: 'b', meanWeight: expect.closeTo(0.2, 12), topShare: 0 },
      { name: 'c', meanWeight: 0, topShare: 0 },
    ]);
    const entropyOf = (...weights: number[]) => -weights.reduce((sum, w) => sum + w * Math.log(w), 0);
    expect(income.entropy).toBeCloseTo((entropyOf(0.5, 0.5) + entropyOf(0.9, 0.1)) / 3 / Math.log(3), 12);
    expect(income.examples).toBe(3);
    expect(only).toMatchObject({ entropy: 0, experts: [{ meanWeight: 1, topShare: 1 }] });
    // c: nothing in one gate, .02 < .1 / 3 in the other. b is unused by no gate, d serves one task alone.
    expect(deadExperts([income, marital, only])).toEqual(['c']);
    expect(deadExperts([income])).toEqual(['c']);
    expect(deadExperts([])).toEqual([]);
  });

  it('a rare first choice keeps an expert alive, and a share just under the line does not', () => {
    const gate = (meanWeight: number, topShare: number): GateUtilisation => ({
      level: 0,
      task: 'like',
      experts: [
        { name: 'main', meanWeight: 1 - meanWeight, topShare: 1 - topShare },
        { name: 'rare', meanWeight, topShare },
      ],
      entropy: 0.1,
      examples: 1000,
    });
    expect(deadExperts([gate(0.05, 0)])).toEqual([]);
    expect(deadExperts([gate(0.0499, 0)])).toEqual(['rare']);
    expect(deadExperts([gate(0.001, 0.001)])).toEqual([]);
    expect(deadExperts([gate(0.001, 0.0009)])).toEqual(['rare']);
    // One gate that uses it is enough, whichever comes first.
    expect(deadExperts([gate(0.001, 0), gate(0.4, 0.2)])).toEqual([]);
    expect(deadExperts([gate(0.4, 0.2), gate(0.001, 0)])).toEqual([]);
  });

  it('a model whose gates turn an expert off has it found', async () => {
    const { logits, gates } = build({ kind: 'mmoe', experts: 3, expertHidden: [4] });
    const { layout, flat } = fresh(Object.values(logits), 3);
    // Expert 1 loses to the others in both gates for every x of positive entries.
    for (const task of tasks)
      parameterView(layout, flat, `${task}.gate.weight`)!.forEach((_, at, weight) => (weight[at] = at % 3 === 1 ? -2 : 0.1 * (at % 3)));
    const rows = 50;
    const { data, shape } = randomX(rows, 4);
    const results = await run(
      Object.fromEntries(gates.map((gate, at) => [String(at), gate.weights])),
      (name) => parameterView(layout, flat, name),
      {
        x: { data: (data as Float32Array).map(Math.abs), shape },
      },
    );
    const tally = tallyUtilisation(gates);
    tally.add(
      gates.map((_, at) => results[String(at)]!.data as Float32Array),
      rows,
    );
    expect(deadExperts(tally.report())).toEqual(['expert1']);
  });
});

describe('gradients along random directions', () => {
  const models: Record<string, unknown> = {
    'single-task': { kind: 'single-task', hidden: [6], tower: [3] },
    'shared-bottom': { kind: 'shared-bottom', hidden: [6], tower: [3] },
    mmoe: { kind: 'mmoe', experts: 3, expertHidden: [6], tower: [3] },
    ple: { kind: 'ple', levels: [{ expertHidden: [6] }, { expertHidden: [5] }], taskExperts: 1, sharedExperts: 2, tower: [3] },
    esmm: { kind: 'esmm', trunk: { kind: 'mmoe', experts: 2, expertHidden: [6] }, tower: [3] },
  };
  it.each(Object.entries(models))('%s: what central differences say', async (_name, config) => {
    const { logits } = build(config);
    const loss = weightedSum(taskLosses(logits), { income: 1, marital: 0.7 });
    const { layout, flat } = fresh([loss], 5);
    const vector = input('parameters', 'float32', [layout.size]);
    const program = await compileProgram(
      Object.fromEntries([
        ['loss', loss],
        ...gradients(
          loss,
          layout.slots.map(({ tensor }) => tensor),
        ).map((gradient, at) => [String(at), gradient] as const),
      ]),
      { threads: 1, substitutions: cutParameters(layout, vector) },
    );
    const random = createRandom(7, 'directions');
    const rows = 40;
    const bits = () => ({ data: Float32Array.from({ length: rows }, () => random.integer(2)), shape: [rows] });
    const feeds = {
      x: randomX(rows, 5),
      ...Object.fromEntries(tasks.flatMap((task) => [`label/${task}`, `mask/${task}`]).map((name) => [name, bits()])),
    };
    const at = (parameters: Float32Array) => program.run({ ...feeds, parameters: { data: parameters, shape: [layout.size] } });
    const here = await at(flat);
    const gradient = layout.slots.flatMap((_, slot) => [...(here[String(slot)]!.data as Float32Array)]);
    const norm = Math.hypot(...gradient);
    for (let turn = 0; turn < 5; turn++) {
      const direction = Array.from({ length: layout.size }, () => random.normal());
      const length = Math.hypot(...direction);
      const step = 2 ** -7;
      const lossAt = async (way: number) =>
        Number((await at(flat.map((value, place) => value + (way * step * direction[place]!) / length)))['loss']!.data[0]);
      const expected = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
      const found = gradient.reduce((sum, value, place) => sum + (value * direction[place]!) / length, 0);
      expect(Math.abs(found - expected) / norm).toBeLessThan(2e-3);
    }
    await program.close();
  });
});

describe('ESMM', () => {
  it('the logit of both has the value and gradient that the product says', async () => {
    await checkOperator(
      {
        inputs: [
          { shape: ['batch'], values: between(-4, 4) },
          { shape: ['batch'], values: between(-4, 4) },
        ],
        sizes: [{ batch: 9 }, { batch: 1 }],
        build: (first, second) => bothLogit(first!, second!),
        reference: (first, second) => ({
          shape: first!.shape,
          data: first!.data.map((a, row) => {
            const both = 1 / (1 + Math.exp(-a)) / (1 + Math.exp(-second!.data[row]!));
            return Math.log(both / (1 - both));
          }),
        }),
      },
      4,
    );
  });

  it('never says "both" more probable than the first, or the second given the first, whatever the logits', async () => {
    const program = await compileProgram(
      { both: bothLogit(input('a', 'float32', ['batch']), input('b', 'float32', ['batch'])) },
      { threads: 1 },
    );
    const logits = fc.array(fc.tuple(fc.float({ min: -200, max: 200, noNaN: true }), fc.float({ min: -200, max: 200, noNaN: true })), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(logits, async (pairs) => {
        const of = (at: 0 | 1) => ({ data: Float32Array.from(pairs, (pair) => pair[at]), shape: [pairs.length] });
        const { both } = await program.run({ a: of(0), b: of(1) });
        pairs.forEach(([a, b], row) => {
          expect(Number.isFinite(both!.data[row])).toBe(true);
          expect(both!.data[row]).toBeLessThanOrEqual(Math.fround(Math.min(a, b)));
        });
      }),
    );
    await program.close();
  });

  it('gives the second outcome beside, and its logits are those of a whole model', async () => {
    const { logits, conditionalLogit } = build({ kind: 'esmm', trunk: { kind: 'shared-bottom', hidden: [] }, tower: [4] });
    const { layout, flat } = fresh(Object.values(logits), 3);
    const results = await run({ ...logits, conditional: conditionalLogit! }, (name) => parameterView(layout, flat, name), {
      x: randomX(6, 2),
    });
    const probability = (name: string, row: number) => 1 / (1 + Math.exp(-Number(results[name]!.data[row])));
    for (let row = 0; row < 6; row++)
      expect(probability('marital', row)).toBeCloseTo(probability('income', row) * probability('conditional', row), 5);
  });
});

describe('any encoder', () => {
  it('stands below: called once, or once a task where nothing is shared', () => {
    const countOf = (config: unknown) => {
      let calls = 0;
      const { logits } = buildMultiTask(
        multiTaskConfigSchema.parse(config),
        () => (calls++, linear('encoder', input('x', 'float32', ['batch', 3]), 4)),
        tasks,
        'training',
      );
      return [
        calls,
        parameterLayout(Object.values(logits))
          .slots.map(({ name }) => name)
          .filter((name) => name.includes('encoder.weight')),
      ];
    };
    expect(countOf({ kind: 'mmoe', experts: 2, expertHidden: [3] })).toEqual([1, ['encoder.weight']]);
    expect(countOf({ kind: 'single-task', hidden: [3] })).toEqual([2, ['income.encoder.weight', 'marital.encoder.weight']]);
  });

  it('dropout is in training and not in serving', () => {
    const config = multiTaskConfigSchema.parse({ kind: 'mmoe', experts: 2, expertHidden: [3], tower: [2], dropout: 0.5 });
    const masksOf = (mode: 'training' | 'serving') => {
      const { logits } = buildMultiTask(config, () => input('x', 'float32', ['batch', 3]), tasks, mode);
      return topologicalOrder(Object.values(logits)).filter((node) => node.leaf?.kind === 'dropoutMask').length;
    };
    expect([masksOf('training'), masksOf('serving')]).toEqual([4, 0]);
  });
});

describe('what does not fit', () => {
  it('is refused with its reason', () => {
    const mmoe = { kind: 'mmoe', experts: 2, expertHidden: [3] };
    expect(() => build(mmoe, [])).toThrow(MultiTaskModelError);
    expect(() => build(mmoe, ['like', 'like'])).toThrow('"like", "like": two tasks have one name');
    expect(() => build(mmoe, ['like', 'shared'])).toThrow('"shared" names no layer');
    expect(() => build(mmoe, ['a.b'])).toThrow('"a.b" names no layer');
    expect(() => build({ kind: 'esmm', trunk: mmoe }, ['one', 'two', 'three'])).toThrow('ESMM has two tasks');
  });

  it('a config says what is wrong', () => {
    const fault = (config: unknown) => multiTaskConfigSchema.safeParse(config).error?.issues[0]?.path.join('.');
    expect(fault({ kind: 'mmoe', experts: 0, expertHidden: [3] })).toBe('experts');
    expect(fault({ kind: 'mmoe', experts: 2, expertHidden: [] })).toBe('expertHidden');
    expect(fault({ kind: 'ple', levels: [], taskExperts: 1, sharedExperts: 1 })).toBe('levels');
    expect(fault({ kind: 'esmm', trunk: { kind: 'esmm' } })).toBe('trunk.kind');
    expect(fault({ kind: 'cross-stitch' })).toBe('kind');
    expect(multiTaskConfigSchema.parse({ kind: 'shared-bottom', hidden: [4] })).toEqual({
      kind: 'shared-bottom',
      hidden: [4],
      tower: [],
      dropout: 0,
    });
  });
});

describe('tops', () => {
  it.each<[string, object]>([
    ['shared bottom', { kind: 'shared-bottom', hidden: [4], tower: [3] }],
    ['shared bottom without towers', { kind: 'shared-bottom', hidden: [4], tower: [] }],
    ['PLE', { kind: 'ple', levels: [{ expertHidden: [4] }], taskExperts: 1, sharedExperts: 1, tower: [3] }],
  ])('are what the last layers read, side by side as one by one: %s', async (_name, given) => {
    const config = multiTaskConfigSchema.parse(given);
    const x = () => input('x', 'float32', ['batch', dimension]);
    const forms = [buildMultiTask(config, x, tasks, 'training'), stackedMultiTask(config, x(), tasks, 'training')] as const;
    const { layout, flat } = fresh(Object.values(forms[0].logits), 4);
    const parameter = (name: string) => parameterView(layout, flat, name)!;
    for (const { logits, tops } of forms) {
      const named = tasks.flatMap((task) => [[`logit/${task}`, logits[task]!] as const, [`top/${task}`, tops[task]!] as const]);
      const results = await run(Object.fromEntries(named), parameter, { x: randomX(7, 2) });
      for (const task of tasks) {
        const [logit, top] = [results[`logit/${task}`]!, results[`top/${task}`]!];
        const weight = parameter(`tower.${task}.output.weight`);
        expect(top.shape).toEqual([7, weight.length]);
        for (let row = 0; row < 7; row++) {
          const read = weight.reduce((sum, value, at) => sum + value * Number(top.data[row * weight.length + at]), 0);
          expect(Number(logit.data[row])).toBeCloseTo(read, 5);
        }
      }
    }
  });
});

describe('rates', () => {
  const begins = (logits: Tensor[]) =>
    Object.fromEntries(
      parameterLayout(logits)
        .slots.filter(({ name }) => name.endsWith('output.bias'))
        .map(({ name, shape, initializer }) => [name, initializer(shape, createRandom(1, name))[0]!]),
    );
  const x = () => input('x', 'float32', ['batch', 4]);

  it('are what towers begin with, side by side as one by one', () => {
    const config = multiTaskConfigSchema.parse({ kind: 'shared-bottom', hidden: [3], tower: [2] });
    const rates = { click: 0.2, buy: 0.01 };
    const expected = { 'tower.click.output.bias': Math.log(0.25), 'tower.buy.output.bias': Math.log(1 / 99) };
    for (const logits of [
      buildMultiTask(config, x, ['click', 'buy'], 'training', rates).logits,
      stackedMultiTask(config, x(), ['click', 'buy'], 'training', rates).logits,
    ]) {
      const found = begins(Object.values(logits));
      for (const [name, value] of Object.entries(expected)) expect(found[name]).toBeCloseTo(value, 6);
    }
  });

  it('of ESMM give the second tower what follows the first', () => {
    const config = multiTaskConfigSchema.parse({ kind: 'esmm', trunk: { kind: 'shared-bottom', hidden: [] }, tower: [] });
    const { logits } = buildMultiTask(config, x, ['click', 'buy'], 'training', { click: 0.2, buy: 0.05 });
    expect(begins(Object.values(logits))['tower.buy.output.bias']).toBeCloseTo(Math.log(1 / 3), 6);
  });

  it('that are not known are a half', () => {
    const config = multiTaskConfigSchema.parse({ kind: 'shared-bottom', hidden: [], tower: [] });
    expect(begins(Object.values(buildMultiTask(config, x, ['click'], 'training').logits))).toEqual({ 'tower.click.output.bias': 0 });
  });
});
