import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { createRandom } from '../../base/random.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { Event } from '../../data/events/event.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { createCliPlace, type CliPlace } from './cli-process.fixture.ts';

let place: CliPlace;
let platform: string;
let run: string;

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 2, 1);

/** Forty users who search and click, a few events each. */
function someLife(): Event[] {
  const random = createRandom(1, 'life');
  const events: Event[] = [];
  for (let at = 0; at < 600; at++) {
    const timeMs = BEGIN_MS + Math.floor((at / 600) * 6 * DAY_MS);
    const isQuery = at % 3 === 0;
    const id = `p${random.integer(12)}`;
    const facts = { userId: `u${random.integer(40)}`, timeMs, receivedTimeMs: timeMs, value: null, quantity: null } as const;
    events.push(
      someEvent(
        `e${at}`,
        isQuery
          ? { ...facts, action: 'query', subject: null, query: 'gas fees' }
          : {
              ...facts,
              action: 'click',
              query: null,
              subject: { kind: 'content', id, authorId: 'ana', tags: ['gas'], instruments: [] },
            },
      ),
    );
  }
  return events;
}

async function append(events: readonly Event[]): Promise<void> {
  const log = await openEventLog(platformFolder(platform).log, { owner: 'a test' }, { logger: silentLogger });
  try {
    expect((await log.append(events)).rejected).toEqual([]);
  } finally {
    await log.close();
  }
}

beforeAll(async () => {
  place = createCliPlace();
  platform = path.join(place.folder, 'platform');
  run = path.join(place.folder, 'run');
  await append(someLife());
});
afterAll(() => place.remove());

const small = ['--dimension', '8', '--max-length', '8', '--threads', '1'];

test('a model over actions is trained on a platform, and evaluated with less in its histories', async () => {
  const trained = await place.run('train', platform, '--model', 'hstu-actions', '--epochs', '1', ...small, '--run', run);
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stdout).toMatch(/candidates +full ranking among all that were there at the moment/);
  expect(trained.stdout).toMatch(/HSTU over actions .*\n.*popularity .*\n.*first-order Markov/);
  expect(trained.stdout).toMatch(/Targets: content \(\d+ cases\)/);
  const record = JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8'));
  expect(record).toMatchObject({
    kind: 'nisus-next-action-run',
    state: 'finished',
    split: 'time',
    preset: 'hstu-actions',
    data: { folder: '../platform', nextOffset: 600, actions: 600 },
    config: { model: { dimension: 8, encoder: { kind: 'hstu', queryDimension: 8, maxLength: 8 } } },
  });

  // The log goes on; the run is asked what it was asked before.
  const nextMs = BEGIN_MS + 7 * DAY_MS;
  await append([
    someEvent('later', { userId: 'u1', action: 'query', subject: null, query: 'tax', timeMs: nextMs, receivedTimeMs: nextMs }),
  ]);
  const asked = await place.run('evaluate', run, '--domains', 'content', '--retrain', '--cutoffs', '10', '--json', '--threads', '1');
  expect(asked.code, asked.stderr).toBe(0);
  const report = JSON.parse(asked.stdout);
  expect(report.rows.map(({ ranker }: { ranker: string }) => ranker)).toEqual([
    'HSTU over actions',
    'HSTU over actions, given content only',
    'HSTU over actions, trained on content only',
    'popularity',
    'first-order Markov',
  ]);
  expect(report.rows[0].metrics).toEqual(record.metrics);
  expect(report.comparisons).toHaveLength(4);
  expect(report.parts.map(({ part }: { part: string }) => part)).toContain('content');
});

test('what does not fit is told, with what to do', async () => {
  const cases: [readonly string[], number, RegExp][] = [
    [['evaluate', run, '--domains', 'weather'], 2, /weather.*It has content, /],
    [['evaluate', run, '--retrain'], 2, /--retrain goes with --domains/],
    [['evaluate', run, '--candidates', 'uniform:5'], 2, /leave --candidates out/],
    [['serve', run], 65, /kind nisus-next-action-run.*evaluate/s],
    [['train', platform, '--model', 'hstu-actions', '--epochs', '1', ...small, '--run', run], 73, /finished run/],
    [['train', '--model', 'hstu-actions'], 2, /needs DATA: the folder of a platform/],
    [['train', place.folder, '--model', 'sasrec-actions'], 66, /holds no event log/],
  ];
  const results = await Promise.all(cases.map(([args]) => place.run(...args)));
  cases.forEach(([args, code, said], at) => expect([args, results[at]!.code, results[at]!.stderr]).toEqual([args, code, expect.stringMatching(said)])); // prettier-ignore
});

test('runs on plain interactions know no domains', async () => {
  const plain = path.join(place.folder, 'plain');
  const rows = Array.from({ length: 60 }, (_, at) => `u${at % 12},i${(at * 7) % 10},${1_700_000_000 + at}`);
  const clicks = place.write('clicks.csv', `user,item,timestamp\n${rows.join('\n')}\n`);
  await place.succeed('train', clicks, '--epochs', '1', '--dimension', '4', '--blocks', '1', '--max-length', '4', '--run', plain);
  const { code, stderr } = await place.run('evaluate', plain, '--domains', 'content');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--domains works on runs over actions.*--model hstu-actions/s)]);
});
