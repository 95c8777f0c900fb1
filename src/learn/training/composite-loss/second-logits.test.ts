import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { gradients } from '../../tensor/gradient.ts';
import { input } from '../../tensor/leaf.ts';
import { parameterLayout } from '../../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import { onlyInputs } from '../../tensor/step-input.ts';
import { compositeLossSchema } from './composite-loss-config.ts';
import { compositeLosses } from './composite-losses.ts';
import { listPlaces, listPlacesFeed } from './list-places.ts';
import { withSecondLogits } from './second-logits.ts';

const vector = (values: ArrayLike<number>): TensorValue => ({ data: Float32Array.from(values), shape: [values.length] });

it('a score and a second unit are the two logits of PyTorch: losses and gradients', async () => {
  const { tensors } = await readSafetensors(join(import.meta.dirname, '..', '..', 'models', 'goldens', 'list-loss-jrc.safetensors'));
  const golden = (key: string) => Array.from(tensors.get(key)!.data as Float32Array);
  const [lists, places] = [9, 8];
  const logits = golden('parameter/scores');
  const [mask, weights, listWeights] = ['mask', 'weights', 'listWeights'].map((key) => golden(`input/${key}`)) as [
    number[],
    number[],
    number[],
  ];
  const rowsOf = (list: number) => Array.from({ length: places }, (_, at) => list * places + at).filter((row) => mask[row]! > 0);
  // A place that weighs nothing is none here, and would be counted there.
  mask.forEach((kept, row) => expect(kept === 0 || weights[row]! > 0).toBe(true));
  const all = Array.from({ length: lists }, (_, list) => rowsOf(list));
  const teaching = all.filter((rows) => rows.length > 0).length;
  expect(teaching).toBeLessThan(lists);

  const score = input('score', 'float32', ['examples']);
  const top = input('top', 'float32', ['examples', 1]);
  const declaration = compositeLossSchema.parse({ tasks: [{ name: 'click', terms: [{ loss: { kind: 'jrc', calibration: 0.3 } }] }] });
  const { losses } = compositeLosses(declaration, withSecondLogits(declaration, { logits: { click: score }, tops: { click: top } }));
  const [toScore, toTop] = gradients(losses['click']!, [score, top]);
  const program = await compileProgram(
    { loss: losses['click']!, toScore: toScore!, toTop: toTop! },
    { threads: 1, parameterValue: () => Float32Array.of(1) },
  );
  const results = await program.run(
    onlyInputs(program.inputs, {
      score: vector(mask.map((_, row) => logits[2 * row + 1]! - logits[2 * row]!)),
      top: { data: Float32Array.from(mask, (_, row) => logits[2 * row]!), shape: [mask.length, 1] },
      'label/click': vector(golden('input/labels')),
      'mask/click': vector(mask.map((kept, row) => (kept > 0 ? weights[row]! : 0))),
      [listPlacesFeed]: listPlaces(all, places),
    }),
  );
  await program.close();
  const ofLists = golden('output/lists');
  const wanted = all.reduce((sum, rows, list) => sum + (rows.length === 0 ? 0 : ofLists[list]! / listWeights[list]!), 0) / teaching;
  expect(Number(results['loss']!.data[0])).toBeCloseTo(wanted, 5);
  const toLogits = golden('gradient/scores');
  const found = { score: results['toScore']!.data, top: results['toTop']!.data };
  all.forEach((rows, list) =>
    rows.forEach((row) => {
      const scale = lists / listWeights[list]! / teaching;
      const [without, withClick] = [toLogits[2 * row]! * scale, toLogits[2 * row + 1]! * scale];
      expect(found.score[row], `score ${row}`).toBeCloseTo(withClick, 5);
      expect(found.top[row], `top ${row}`).toBeCloseTo(without + withClick, 5);
    }),
  );
});

it('only tasks that JRC looks at, in a term or a bound, have a second unit of their own', () => {
  const declaration = compositeLossSchema.parse({
    tasks: [
      { name: 'click', terms: [{}, { loss: { kind: 'jrc' } }] },
      { name: 'like' },
      { name: 'hide', terms: [{ loss: { kind: 'softmax' } }] },
    ],
    constraints: [{ name: 'low', task: 'like', of: { kind: 'jrc' }, atMost: 1 }],
  });
  const byTask = (of: (task: string) => ReturnType<typeof input>) =>
    Object.fromEntries(['click', 'like', 'hide'].map((task) => [task, of(task)]));
  const logits = byTask((task) => input(`logit/${task}`, 'float32', ['examples']));
  const tops = byTask((task) => input(`top/${task}`, 'float32', ['examples', 3]));
  const found = withSecondLogits(declaration, { logits, tops });
  expect(Object.entries(found).map(([task, { shape }]) => [task, shape])).toEqual([
    ['click', ['examples', 2]],
    ['like', ['examples', 2]],
    ['hide', ['examples']],
  ]);
  expect(found['hide']).toBe(logits['hide']);
  const { slots } = parameterLayout(Object.values(found));
  expect(slots.map(({ name, shape }) => [name, shape])).toEqual([
    ['tower.click.negative.weight', [3, 1]],
    ['tower.like.negative.weight', [3, 1]],
  ]);
});
