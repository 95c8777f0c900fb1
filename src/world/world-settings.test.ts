import { describe, expect, it } from 'vitest';
import { WorldSettingsError } from './world-errors.ts';
import { resolveSettings, WORLD_PRESETS, type WorldChoice } from './world-settings.ts';

describe('resolveSettings', () => {
  it('gives the presets as they are, and a preset with changes', () => {
    for (const [name, preset] of Object.entries(WORLD_PRESETS)) expect(resolveSettings(name as 'tiny')).toEqual(preset);
    expect(resolveSettings({ base: 'tiny', users: 300 })).toEqual({ ...WORLD_PRESETS.tiny, users: 300 });
    expect(resolveSettings({ users: 300, authors: 30, leaders: 3 }).days).toBe(WORLD_PRESETS.demo.days);
  });

  it.each<[WorldChoice, RegExp]>([
    ['huge' as 'tiny', /preset is "huge": expected one of tiny, demo, large/],
    ['constructor' as 'tiny', /preset is "constructor"/],
    [{ base: 'tiny', users: 1.5 }, /users is 1.5: expected a whole number from 20 to/],
    [{ base: 'tiny', users: 4e9 }, /users is 4000000000/],
    [{ base: 'tiny', users: 25 }, /authors is 30: expected at most users, 25/],
    [{ base: 'tiny', authors: 5, leaders: 6 }, /leaders is 6/],
    [{ base: 'tiny', tickMs: 7_000 }, /tickMs is 7000/],
    [{ base: 'tiny', startMs: 1 }, /startMs is 1: expected a multiple of tickMs/],
    [{ base: 'tiny', sessionsPerUserDay: Number.NaN }, /sessionsPerUserDay is null/],
    [{ base: 'tiny', postsPerAuthorDay: '3' as unknown as number }, /postsPerAuthorDay is "3"/],
    [{ base: 'tiny', colour: 3 } as WorldChoice, /World setting colour is 3: expected one of users, authors/],
  ])('refuses %j with the setting, its value and what would do', (choice, message) => {
    expect(() => resolveSettings(choice)).toThrow(WorldSettingsError);
    expect(() => resolveSettings(choice)).toThrow(message);
  });
});
