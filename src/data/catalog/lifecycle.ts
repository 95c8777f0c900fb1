import type { Lifecycle } from './subject-record.ts';

/**
 * Why a subject may not go from one lifecycle to another; null where it may.
 *
 * `draft → live → retired`, and `draft → retired` for what never goes live. What was live never becomes a draft again:
 * people have seen it. `retired → live` happens only where the caller says `reinstate`: a loader that still carries an
 * old row must not bring back what somebody took down. A new subject may begin anywhere.
 */
export function lifecycleRefusal(from: Lifecycle, to: Lifecycle, reinstate: boolean): string | null {
  if (from === to || from === 'draft') return null;
  if (to === 'draft') return `a subject that is ${from} cannot become a draft again; retire it, or write a new one`;
  if (from === 'retired' && !reinstate) return 'a retired subject goes live again only with reinstate: true';
  return null;
}
