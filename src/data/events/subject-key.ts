import type { SubjectKind } from './event-actions.ts';

/** A subject's name across kinds: `content:post-17`, `instrument:BTC-USDT`. Key of features, and id of items that models know. */
export function subjectKey(subject: { readonly kind: SubjectKind; readonly id: string }): string {
  return `${subject.kind}:${subject.id}`;
}

/** The subject that {@link subjectKey} names; null where it names none. */
export function subjectOfKey(key: string): { readonly kind: SubjectKind; readonly id: string } | null {
  const colon = key.indexOf(':');
  const kind = key.slice(0, colon);
  if (colon < 0 || colon === key.length - 1) return null;
  return kind === 'content' || kind === 'feature' || kind === 'instrument' ? { kind, id: key.slice(colon + 1) } : null;
}
