import { NisusError } from '../base/error.ts';

/** Thrown when settings of a world are wrong. */
export class WorldSettingsError extends NisusError {
  constructor(setting: string, value: unknown, expected: string) {
    super('WORLD_SETTINGS_INVALID', `World setting ${setting} is ${JSON.stringify(value)}: expected ${expected}.`, {
      fields: { setting, value, expected },
    });
  }
}

/** Thrown when `run` is called on a world that is running: its time goes one way only. */
export class WorldBusyError extends NisusError {
  constructor() {
    super('WORLD_BUSY', 'This world is running already: wait for that run, or end it with its signal.');
  }
}

/** Thrown on every call after a run broke off inside a tick (a policy or a sink threw): part of the tick has happened already. */
export class WorldBrokenError extends NisusError {
  constructor(timeMs: number, cause: unknown) {
    super('WORLD_BROKEN', `A run of this world broke off at ${new Date(timeMs).toISOString()}, in the middle of a tick: create it anew.`, {
      fields: { timeMs },
      cause,
    });
  }
}

/** Thrown when a policy answers a batch of requests with another number of pages, or a page with too many items. */
export class PolicyAnswerError extends NisusError {
  constructor(policy: string, problem: string) {
    super('POLICY_ANSWER_INVALID', `Policy ${policy} ${problem}.`, { fields: { policy, problem } });
  }
}

/** Thrown when a user, subject or instrument is asked for that this world does not have. */
export class UnknownInWorldError extends NisusError {
  constructor(what: string, id: string) {
    super('WORLD_UNKNOWN', `This world has no ${what} ${JSON.stringify(id)}.`, { fields: { what, id } });
  }
}
