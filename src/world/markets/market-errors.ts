import { NisusError } from '../../base/error.ts';

/** Thrown when the markets' settings contradict themselves or go beyond a bound. */
export class MarketSettingsError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('MARKET_SETTINGS', message, { fields });
  }
}

/** Thrown when the markets are asked for what they cannot do: a slot that is not there, time that runs back, a push that is no number. */
export class MarketUseError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('MARKET_USE', message, { fields });
  }
}
