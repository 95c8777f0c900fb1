import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import { count, featureView } from '../../data/features/declare.ts';
import { openLmdbFeatureStore } from '../../data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../data/features/stream/create-feature-stream.ts';
import { createCliPlace, ringCsv, type CliPlace } from './cli-process.fixture.ts';

// One platform, built once: each test asks it something else.
let place: CliPlace;
let platform: string;

beforeAll(async () => {
  place = createCliPlace();
  place.write('ring.csv', ringCsv(20, 10, 12));
  platform = path.join(place.folder, 'ring');
  await place.succeed('events', 'import', 'ring.csv', '--platform', platform);
});
afterAll(() => place.remove());

const on = async (...args: readonly string[]) => place.run('features', ...args, '--platform', platform);
const json = (text: string) => JSON.parse(text);

/** A module as a user writes one, in a folder with no package beside it. */
const declare = (name: string, features: string) =>
  place.write(
    name,
    `import type { DatasetManifest } from 'nisus/data';
import { readManifest } from 'nisus/data';
import { count, featureView, last, sliding } from '${pathToFileURL(path.resolve(import.meta.dirname, '../../data/features/declare.ts')).href}';
const clicks = { actions: ['click'] } as const;
export const known: (folder: string) => Promise<DatasetManifest> = readManifest;
export const views = [featureView({ name: 'walker', entity: 'user', features: { ${features} } })];
`,
  );

test('features are declared, built, fall behind and catch up', async () => {
  const before = await on('list');
  expect(before.code, before.stderr).toBe(0);
  expect(before.stdout).toMatch(/^user \(by user\): 17 features, not built\n {2}feature +kind +of +window\n/);
  expect(before.stdout).toMatch(/\n {2}click_rate_7d +ratio +click, result-click, open \/ impression +7d by 1d\n/);
  const unbuilt = await on('read', 'user', 'u1');
  expect([unbuilt.code, unbuilt.stderr]).toEqual([
    66,
    expect.stringMatching(/no view "user".*\n +On the command line: .*features backfill/),
  ]);

  const built = await on('backfill');
  expect(built.stdout).toMatch(/^Built user, subject, author, .* from 280 events in .*; up to date with the log\n$/);
  expect((await on('list')).stdout).toMatch(/^user \(by user\): 17 features, built, 20 keys, 280 events read, up to date, last 2023-/);

  place.write('more.csv', 'user,item,timestamp\nu1,i1,1703000000\nu99,i1,1703000001\n');
  await place.succeed('events', 'import', 'more.csv', '--platform', platform);
  expect((await on('list')).stdout).toMatch(/^user .*, 2 events behind,/);
  expect(json((await on('read', 'user', 'u99', '--json')).stdout)).toMatchObject({ eventsBehind: 2, rows: [{ touchedMs: null }] });
  expect(json((await on('backfill', '--json')).stdout)).toMatchObject({ built: [], events: 2, leftTo: null });
  const states = json((await on('list', '--json')).stdout).views.map(({ state }: { state: { status: string } }) => state.status);
  expect(new Set(states)).toEqual(new Set(['built']));
});

test('what is read is what the log explains', async () => {
  const read = json(
    (await on('read', 'subject', 'content:i1', 'content:none', '--features', 'clicks,users_7d,since_last_click', '--json')).stdout,
  );
  expect(read.rows[1]).toEqual({ key: 'content:none', touchedMs: null, values: { clicks: 0, users_7d: 0, since_last_click: null } });
  for (const [feature, value] of Object.entries(read.rows[0].values)) {
    const why = json((await on('explain', 'subject', feature, 'content:i1', '--json')).stdout);
    expect(why.value, feature).toEqual(value);
    expect(why.atMs).toBe(read.atMs);
  }
  const words = await on('explain', 'user', 'recent_subjects', 'u0', '-n', '2', '--at', '2023-11-14T22:50:00Z');
  expect(words.stdout.split('\n')).toEqual([
    'user.recent_subjects of u0 at 2023-11-14 22:50:00 UTC: content:i0, content:i1, content:i2, content:i3',
    '  declared   last 50 of subject of click, open, adopt and 3 more',
    '  events     4 of 4 known count',
    '',
    'The last 2, after 2 earlier ones:',
    '  time (UTC)           action  subject     value  surface  gives',
    '  2023-11-14 22:33:20  click   content:i2      –  –        content:i2',
    '  2023-11-14 22:43:20  click   content:i3      –  –        content:i3',
    '',
  ]);
  const pair = await on('read', 'user_tag', 'u0|a,b', '--separator', '|', '--features', 'click_rate');
  expect(pair.stdout).toMatch(/\nu0\|a,b, no events that are kept: .*\n {2}click_rate {2}0\.05\n$/);
});

test('validation tells what nothing feeds, and what views cost', async () => {
  const { stdout } = await on('validate');
  expect(stdout).toMatch(/^64 features in 8 views, held against the last 28\d events\n/);
  expect(stdout).toMatch(/\n {2}user +17 +2\d +\S+ k?B +1\.00\n/);
  expect(stdout).toMatch(/\n {2}No event of 28\d feeds "user\.recent_queries"/);
});

test('a module of one’s own is read, changed and built beside a stream, which takes it over', async () => {
  const module = declare('walker.ts', 'clicks: count({ where: clicks })');
  expect((await on('backfill', '--declaration', module)).stdout).toMatch(/^Built walker from 28\d events/);
  const log = await openEventLog(path.join(platform, 'log'), { owner: 'the stream of a test' }, { logger: silentLogger });
  const store = openLmdbFeatureStore(path.join(platform, 'features'));
  const view = featureView({ name: 'walker', entity: 'user', features: { clicks: count({ where: { actions: ['click'] } }) } });
  const stream = await createFeatureStream({ views: [view], store, logger: silentLogger });
  try {
    declare('walker.ts', "clicks: count({ where: clicks }), last_two: last({ where: clicks, of: 'subject', count: 2 })");
    expect((await on('list', '--declaration', module)).stdout).toMatch(/^walker .* built, but without last_two,/);
    const beside = await on('backfill', '--declaration', module);
    expect(beside.stdout).toMatch(/^Built walker from 28\d events.*; the stream of a test writes the log, and takes it from here/);
    expect((await on('list', '--declaration', module)).stdout).toMatch(/^walker .* built, for a stream to take over,/);
    expect(await stream.adopt()).toBe(true);
    await stream.flush();
    const read = await on('read', 'walker', 'u0', '--declaration', module);
    expect(read.stdout).toMatch(/\n {2}clicks +12\n {2}last_two {2}content:i0, content:i1\n$/);
  } finally {
    await stream.close();
    await store.close();
    await log.close();
  }
});

test.each([
  ['no views', 'export const view = 1', 65, /exports view; expected an array: export const views/],
  ['a view that is none', 'export const views = [{ name: "a" }]', 65, /no view at views\[0\]/],
  [
    'a kind that is none',
    'export const views = [{ name: "a", entity: "user", features: { x: { kind: "mean" } } }]',
    65,
    /"a\.x": kind is mean/,
  ],
  ['a text that is no program', 'export const views = [\n  {', 65, /does not load: line 2: /],
  ['a module that throws', 'throw new Error("boom")', 65, /does not load: boom\. \[FEATURE_MODULE\]/],
])('a declaration with %s', async (_, text, code, says) => {
  const result = await place.run('features', 'list', '--declaration', place.write('bad.ts', text));
  expect(result.stderr).toMatch(says);
  expect(result.code).toBe(code);
});

test.each([
  ['a declaration that is not there', ['list', '--declaration', 'nowhere.ts'], 66, /nowhere\.ts does not exist/],
  ['an unknown view', ['read', 'usr', 'u1'], 2, /No view is named "usr"\. There is user, subject/],
  ['an unknown feature', ['explain', 'tag', 'x', 'defi'], 2, /No feature is named "x"\. There is clicks_1h/],
  ['a subject without its kind', ['read', 'subject', 'i1'], 2, /"i1" is no key of the entity subject; expected KIND:ID/],
  ['a pair that could be two', ['read', 'user_tag', 'a,b,c'], 2, /expected USER,TAG.*--separator/],
] as const)('%s: its exit code and a line that says why', async (_, args, code, says) => {
  const result = await on(...args);
  expect(result.stderr).toMatch(says);
  expect(result.code).toBe(code);
});
