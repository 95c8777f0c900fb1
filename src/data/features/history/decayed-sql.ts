import type { FeatureDefinition } from '../feature-declaration.ts';
import { sqlDouble } from './sql-text.ts';
import type { ViewPlan } from './view-plan.ts';

/** Powers of two between −450 and 450 can be summed and scaled without overflow; below 2^−1000 they are nothing. */
const HALF_LIVES_MAX = 900;

/** Length of a block in half-lives. Longer than the 100 after which an event may be left out. */
const BLOCK_HALF_LIVES = 300;

/**
 * A decayed sum: Σ number × 2^((time − origin) / halfLife) runs along a line of events and questions of its own (doubles
 * cannot be taken apart again as the timeline's whole numbers can), and 2^(−(t − origin) / halfLife) brings it to the
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
  const table = `decayed_${filter}_${of}_${halfLifeMs}`;
  const isOneBlock = lastMs - firstMs <= HALF_LIVES_MAX * halfLifeMs;
  const blockMs = BLOCK_HALF_LIVES * halfLifeMs;
  const middle = Math.round((firstMs + lastMs) / 2);
  const origin = isOneBlock ? `${middle}` : `block * ${blockMs}`;
  const blocksOf = (time: string) =>
    isOneBlock ? '0' : `unnest([${time} // ${blockMs} - 1, ${time} // ${blockMs}, ${time} // ${blockMs} + 1])`;
  const changes =
    `SELECT k, block, (seen + 1) * 2 AS s, ${number} * pow(2::DOUBLE, (ts - ${origin}) / ${halfLife}) AS x, NULL::BIGINT AS a ` +
    `FROM (SELECT *, ${blocksOf('ts')} AS block FROM facts WHERE ${filter})`;
  const block = isOneBlock ? '0' : `t // ${blockMs}`;
  const questions = `SELECT k, ${block} AS block, t * 2 + 1 AS s, NULL::DOUBLE AS x, a FROM asked`;
  plan.after(
    table,
    `SELECT a, x FROM (SELECT a, sum(x) OVER (PARTITION BY k, block ORDER BY s ROWS UNBOUNDED PRECEDING) AS x ` +
      `FROM (${changes} UNION ALL ${questions})) WHERE a IS NOT NULL AND x IS NOT NULL`,
  );
  plan.join(`LEFT JOIN ${table} ON ${table}.a = a.a`);
  const start = isOneBlock ? `${middle}` : `(a.t // ${blockMs}) * ${blockMs}`;
  return `coalesce(${table}.x * pow(2::DOUBLE, (${start} - a.t) / ${halfLife}), 0)`;
}
