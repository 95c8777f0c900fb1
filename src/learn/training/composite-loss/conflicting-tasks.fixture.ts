import { createRandom } from '../../../base/random.ts';
import { input } from '../../tensor/leaf.ts';
import type { TaskEncoder } from '../task-scorer.ts';
import type { TaskExamples } from '../task-examples.ts';

const width = 4;

/** Reads the examples' columns as they are. */
export const plainEncoder: TaskEncoder = { config: { kind: 'plain', width }, build: () => input('x', 'float32', ['batch', width]) };

/**
 * Two tasks that want opposite things of one column: `click` follows x₀ + x₁, `hide` x₀ − x₁ and is rarer; mask `first` is
 * of the first half of the rows.
 */
export function conflictingTasks(rows: number, seed: number): TaskExamples {
  const random = createRandom(seed, 'examples');
  const x = Float32Array.from({ length: rows * width }, () => random.normal());
  const draw = (logit: number) => (random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
  const click = new Float32Array(rows);
  const hide = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = (column: number) => x[row * width + column]!;
    click[row] = draw(2 * (at(0) + at(1)));
    hide[row] = draw(2 * (at(0) - at(1)) - 1);
  }
  return {
    rows,
    labels: { click, hide },
    masks: { first: Float32Array.from({ length: rows }, (_, row) => (row < rows / 2 ? 1 : 0)) },
    feeds: (wanted) => ({
      x: {
        data: Float32Array.from({ length: wanted.length * width }, (_, at) => x[wanted[Math.floor(at / width)]! * width + (at % width)]!),
        shape: [wanted.length, width],
      },
    }),
  };
}
