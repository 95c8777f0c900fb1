import { cosTurns } from '../../base/portable-math.ts';

const DAY_MS = 86_400_000;

/**
 * How lively trading usually is at a moment (UTC), about 1 over a week: highest about 15:00, when Europe and America are both
 * awake, a second, smaller rise in the Asian morning, weekends a fifth below. Volatility goes with it, volume with its 1.8th power.
 * Source of the shape: A. Petukhina, R. Reule, W. Härdle, "Rise of the machines? Intraday high-frequency trading patterns of
 * cryptocurrencies", European Journal of Finance 27 (2021).
 */
export function dayRhythm(timeMs: number): number {
  const days = timeMs / DAY_MS;
  const hour = days - Math.floor(days);
  // 1970-01-01 was a Thursday.
  const weekday = (Math.floor(days) + 4) % 7;
  const weekend = weekday === 0 || weekday === 6;
  return (weekend ? 0.84 : 1.06) * (1 + 0.27 * cosTurns(hour - 15 / 24) + 0.1 * cosTurns(2 * hour - 2 / 12));
}
