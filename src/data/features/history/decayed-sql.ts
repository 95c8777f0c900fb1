import type { FeatureDefinition } from '../feature-declaration.ts';
import { sqlDouble } from './sql-text.ts';
import type { ViewPlan } from './view-plan.ts';

/** Powers of two between −450 and 450 can be summed and scaled without overflow; below 2^−1000 they are nothing. */
const HALF_LIVES_MAX = 900;

/** Length of a block in half-lives. Longer than the 100 after which an event may be left out. */
const BLOCK_HALF_LIVES = 300;

/**
 * A decayed sum: Σ number × 2^((time − origin) / halfLife) runs along the timeline, and 2^(−(t − origin) / halfLife) brings it to the
 * moment asked for. Where the log spans more half-lives than a double has exponents, time is cut into blocks, each with
 * an origin of its own; an event is summed in its own block, in the next, and, for clocks ahead, in the one before.
 */
export function decayedSql(plan: ViewPlan, definition: Extract<FeatureDefinition, { kind: 'decayed' }>): string {
  const { where, of, halfLifeMs } = definition;
  const { firstMs, lastMs } = plan.extent;
  const filter = plan.filter(where);
  if (of !== 'one') plan.number(of);
  const number = of === 'one' ? '1::DOUBLE' : of;
  const halfLife = sqlDouble(halfLifeMs);
  const column = `decayed_${filter}_${of}_${halfLifeMs}`;
  if (lastMs - firstMs <= HALF_LIVES_MAX * halfLifeMs) {
    const origin = Math.round((firstMs + lastMs) / 2);
    plan.timeline.fact(column, `CASE WHEN ${filter} THEN ${number} * pow(2::DOUBLE, (ts - ${origin}) / ${halfLife}) END`, filter);
    plan.timeline.running(column, `sum(${column})`);
    return `coalesce(a.${column} * pow(2::DOUBLE, (${origin} - a.t) / ${halfLife}), 0)`;
  }
  const blockMs = BLOCK_HALF_LIVES * halfLifeMs;
  const changes =
    `SELECT k, block, (seen + 1) * 2 AS s, ${number} * pow(2::DOUBLE, (ts - block * ${blockMs}) / ${halfLife}) AS x, NULL AS a ` +
    `FROM (SELECT *, unnest([ts // ${blockMs} - 1, ts // ${blockMs}, ts // ${blockMs} + 1]) AS block FROM facts WHERE ${filter})`;
  const questions = `SELECT k, t // ${blockMs} AS block, t * 2 + 1 AS s, NULL AS x, a FROM asked`;
  plan.after(
    column,
    `SELECT a, x FROM (SELECT a, sum(x) OVER (PARTITION BY k, block ORDER BY s ROWS UNBOUNDED PRECEDING) AS x ` +
      `FROM (${changes} UNION ALL ${questions})) WHERE a IS NOT NULL`,
  );
  plan.join(`LEFT JOIN ${column} USING (a)`);
  return `coalesce(${column}.x * pow(2::DOUBLE, ((a.t // ${blockMs}) * ${blockMs} - a.t) / ${halfLife}), 0)`;
}
