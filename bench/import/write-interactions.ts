import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createRandom } from '../../src/base/random.ts';

const BLOCK_ROWS = 50_000;
const FIRST_SECOND = 1_700_000_000;
const SPAN_SECONDS = 2 * 365 * 86_400;

/**
 * Streams a CSV of made interactions to a file: `user_id,item_id,timestamp`, users and items skewed toward the first,
 * times (seconds) in no order, so that the import has to sort.
 *
 * @param options.badEvery Every so many rows one is bad in turn (a missing id, a word for a time, a column too few, a
 * repetition of the row before); 0: none.
 */
export async function writeInteractions(
  path: string,
  options: { readonly rows: number; readonly users: number; readonly items: number; readonly seed: number; readonly badEvery: number },
): Promise<void> {
  const random = createRandom(options.seed, 'bench', 'import');
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  file.write('user_id,item_id,timestamp\n');
  let before = '';
  for (let row = 0; row < options.rows;) {
    let block = '';
    for (const end = Math.min(row + BLOCK_ROWS, options.rows); row < end; row++) {
      const user = Math.floor(options.users * random.next() ** 1.5);
      const item = Math.floor(options.items * random.next() ** 3);
      const time = FIRST_SECOND + random.integer(SPAN_SECONDS);
      const isBad = options.badEvery > 0 && row % options.badEvery === options.badEvery - 1;
      const line = isBad ? badLine(Math.floor(row / options.badEvery) % 4, user, item, time, before) : `${user},${item},${time}\n`;
      block += line;
      before = line;
    }
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function badLine(kind: number, user: number, item: number, time: number, before: string): string {
  if (kind === 0) return `,${item},${time}\n`;
  if (kind === 1) return `${user},${item},yesterday\n`;
  return kind === 2 ? `${user},${item}\n` : before;
}
