import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import { createCliPlace, type CliPlace } from './cli-process.fixture.ts';

// One platform, made once: each test asks it something else, or makes another of it.
let place: CliPlace;
let platform: string;
const SHOP = [
  'who,what,at,kind,price',
  'ana,lamp,2026-03-01T09:00:00Z,view,',
  'ana,lamp,2026-03-01T09:02:00Z,basket,1200',
  'ben,desk,2026-03-01T10:00:00Z,view,',
  'ben,,2026-03-01T10:01:00Z,view,',
  'cleo,desk,2026-03-02T08:00:00Z,view,',
  'cleo,rug,yesterday,view,',
];
const COLUMNS = ['--columns', 'user=who,item=what,time=at,event=kind,value=price'];

beforeAll(async () => {
  place = createCliPlace();
  place.write('shop.csv', `${SHOP.join('\n')}\n`);
  platform = path.join(place.home, 'platforms', 'shop');
});
afterAll(() => place.remove());

const json = (text: string) => JSON.parse(text);

test('import tells what came in, what did not, and why; the same again adds nothing', async () => {
  const args = ['events', 'import', 'shop.csv', ...COLUMNS, '--map', 'basket=order-placed'];
  const first = await place.run(...args);
  expect(first.code, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/^Imported shop: 4 events added\n {2}read {7}6 rows as csv in /);
  expect(first.stdout).toMatch(/\n {2}rejected {3}1 missing-item\n {2}rejected {3}1 unreadable-time\n/);
  expect(first.stdout).toMatch(/\n {2}log {8}4 events, 2026-03-01 09:00:00 to 2026-03-02 08:00:00\n/);
  expect(first.stdout).toMatch(`\n  platform   ${platform}\n`);
  expect(first.stderr).toMatch(/features backfill --platform \S+shop/);
  const rejects = /rejects +(\S+)/.exec(first.stdout)![1]!;
  expect(readFileSync(rejects, 'utf8').trim().split('\n').map((line) => json(line).line)).toEqual([5, 7]); // prettier-ignore
  const again = await place.run(...args, '--json');
  expect(json(again.stdout)).toMatchObject({ accepted: 0, duplicates: 4, log: { events: 4 }, folder: platform });
});

test('statistics and a user’s events, for people and for programs', async () => {
  const statistics = await place.run('events', 'statistics', '--platform', platform);
  expect(statistics.stdout).toMatch(/ {2}events {9}4, offsets 0 to 4\n/);
  expect(statistics.stdout).toMatch(/ {2}not added {6}4 duplicate, 0 too late, 0 in the future\n/);
  const words = await place.run('events', 'user', 'ana', '--platform', platform);
  expect(words.stdout).toBe(
    [
      'The last 2 events of user ana',
      '  time (UTC)           action        subject       value  surface',
      '  2026-03-01 09:00:00  click         content:lamp      –  –',
      '  2026-03-01 09:02:00  order-placed  content:lamp   1200  –',
      '',
    ].join('\n'),
  );
  const then = await place.run('events', 'user', 'ana', '--platform', platform, '--at', '2026-03-01T09:02', '--json');
  expect(json(then.stdout).map(({ action }: { action: string }) => action)).toEqual(['click']);
  expect((await place.run('events', 'user', 'nobody', '--platform', platform)).stdout).toBe('The log holds no event of user nobody.\n');
});

test('what was exported is rebuilt as it was; a file that is there stays unless told', async () => {
  const exported = await place.run('events', 'export', 'copy.parquet', '--platform', platform);
  expect(exported.stdout).toBe('Exported 4 events to copy.parquet\n');
  const over = await place.run('events', 'export', 'copy.parquet', '--platform', platform);
  expect([over.code, over.stderr]).toEqual([73, expect.stringMatching(/copy\.parquet is there already.*--replace/)]);
  const rebuilt = await place.run('events', 'rebuild', 'copy.parquet', '--json');
  expect(json(rebuilt.stdout)).toEqual({ platform: path.join(place.home, 'platforms', 'copy'), events: 4, added: 4, nextOffset: 4 });
  const events = async (folder: string) => json((await place.run('events', 'user', 'cleo', '--platform', folder, '--json')).stdout);
  expect(await events(path.join(place.home, 'platforms', 'copy'))).toEqual(await events(platform));
});

test('drop lets old blocks go, and not beside somebody who writes', async () => {
  const folder = path.join(place.folder, 'dropped');
  place.write('later.csv', 'user,item,timestamp\nana,lamp,2026-05-01T00:00:00Z\n');
  await place.succeed('events', 'rebuild', 'copy.parquet', '--platform', folder);
  await place.succeed('events', 'import', 'later.csv', '--platform', folder);
  const args = ['events', 'drop', '--platform', folder, '--before', '2026-04-01'];
  const writer = await openEventLog(path.join(folder, 'log'), { owner: 'a test' }, { logger: silentLogger });
  const beside = await place.run(...args);
  await writer.close();
  expect([beside.code, beside.stderr]).toEqual([69, expect.stringMatching(/open for writing by a test.*LOG_LOCKED/)]);
  const dropped = await place.run(...args);
  expect(dropped.stdout).toBe('Dropped 4 events from before 2026-04-01 00:00:00; 1 left, from 2026-05-01 00:00:00 on\n');
});

test.each([
  ['a platform that is not there', ['events', 'statistics'], 66, /world-demo-7 holds no event log.*events import FILE.*There is .*shop/],
  [
    'kinds that nothing is known of',
    ['events', 'import', 'shop.csv', ...COLUMNS, '--name', 'x'],
    2,
    /kind of event basket\..*--map basket=ACTION/,
  ],
  ['a map to no action', ['events', 'import', 'shop.csv', '--map', 'basket=by', '--name', 'x'], 2, /--map names the action "by"/],
  ['a source that is not there', ['events', 'import', 'nowhere.csv', '--name', 'x'], 66, /nowhere\.csv/],
  ['a file that is not there', ['events', 'rebuild', 'nowhere.parquet', '--platform', 'x'], 66, /nowhere\.parquet does not exist/],
  ['a file that is no Parquet', ['events', 'rebuild', 'shop.csv', '--platform', 'x'], 65, /shop\.csv.*EVENTS_FILE/],
  ['nothing named to drop from', ['events', 'drop', '--before', '2026-01-01'], 2, /--platform/],
] as const)('%s: its exit code and a line that says why, and nothing is left behind', async (_, args, code, says) => {
  const result = await place.run(...args);
  expect(result.stderr).toMatch(says);
  expect(result.code).toBe(code);
  expect(result.stdout).toBe('');
  expect([existsSync(path.join(place.home, 'platforms', 'x')), existsSync(path.join(place.folder, 'x'))]).toEqual([false, false]);
});
