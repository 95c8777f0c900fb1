import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../evaluation/evaluate.ts';
import type { EvaluationResult } from '../../evaluation/evaluate.ts';
import { splitLeaveOneOut } from '../../evaluation/leave-one-out.ts';
import { sequencesOfLists } from '../../evaluation/sequences-of-lists.ts';
import { fitMarkov } from './markov.ts';
import { fitPopularity } from './popularity.ts';

const folder = process.env['NISUS_DATA'] ?? join(process.cwd(), '..', 'shared', 'data');

function linesOf(path: string): string[] {
  return gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
}

/** `user_id,item_id,position` after a header, a user's rows together and in order. */
function readRows(path: string): number[][] {
  const lists = new Map<string, number[]>();
  for (const line of linesOf(path).slice(1)) {
    const [user, item] = line.split(',');
    const list = lists.get(user!);
    if (list === undefined) lists.set(user!, [Number(item) - 1]);
    else list.push(Number(item) - 1);
  }
  return [...lists.values()];
}

/** A user a line: the user, then the items in order. */
function readSequences(path: string): number[][] {
  return linesOf(path).map((line) =>
    line
      .split(' ')
      .slice(1)
      .map((item) => Number(item) - 1),
  );
}

const valueOf = (result: EvaluationResult, name: string) => result.metrics.find(({ metric }) => metric === name)!.value.toFixed(4);

/**
 * The known figures of the plain Markov chain: transitions of the training part only (neither validation nor test
 * item), asked with the validation item as the last one, seen items left out, full rank over the observed successors,
 * equal counts in the order in which training met them.
 */
describe('figures on public data, leave-one-out, test, full rank, seen items left out', () => {
  test.for([
    { file: 'ml-1m/interactions.csv.gz', read: readRows, items: 3416, plain: ['0.2127', '0.1252'] },
    { file: 'amazon-beauty/sequences.txt.gz', read: readSequences, items: 12101, plain: ['0.0600', '0.0413'] },
  ])('Markov chain on $file', { timeout: 60_000 }, async ({ file, read, items, plain }, { skip }) => {
    const path = join(folder, file);
    skip(!existsSync(path), `${path} is not there; set NISUS_DATA to the folder of the public data`);
    const split = splitLeaveOneOut(sequencesOfLists(read(path), items));
    const options = { cutoffs: [10], lists: false, bootstrap: null } as const;
    const chain = await evaluate(await fitMarkov(split.train, { order: 'first-seen' }), split.test, options);
    expect([valueOf(chain, 'HR'), valueOf(chain, 'NDCG')]).toEqual(plain);
    const backedOff = await evaluate(await fitMarkov(split.train), split.test, options);
    expect(Number(valueOf(backedOff, 'HR'))).toBeGreaterThan(Number(plain[0]));
    const popularity = await evaluate(await fitPopularity(split.train), split.test, options);
    expect(Number(valueOf(popularity, 'HR'))).toBeLessThan(Number(plain[0]) / 3);
  });
});
