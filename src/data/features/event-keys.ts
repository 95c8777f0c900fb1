import type { Event } from '../events/event.ts';
import { subjectKey } from '../events/subject-key.ts';
import type { Entity } from './feature-declaration.ts';

/** Stands between the two parts of a pair such as user × tag: U+001F, which ids cannot contain. */
export const KEY_SEPARATOR = '\u001F';

/** Text of a pair's key. */
export function pairKey(first: string, second: string | number): string {
  return `${first}${KEY_SEPARATOR}${second}`;
}

/** The keys of an entity that an event counts for, each once, in the event's order; none where it has no such key. */
export function eventKeys(entity: Entity, event: Event): readonly string[] {
  const { userId, subject, context } = event;
  switch (entity) {
    case 'user':
      return userId === null ? [] : [userId];
    case 'subject':
      return subject === null ? [] : [subjectKey(subject)];
    case 'author':
      return subject === null || subject.authorId === null ? [] : [subject.authorId];
    case 'instrument':
      return subject === null ? [] : different(subject.instruments);
    case 'tag':
      return subject === null ? [] : different(subject.tags);
    case 'user-tag':
      return userId === null || subject === null ? [] : different(subject.tags).map((tag) => pairKey(userId, tag));
    case 'user-author':
      return userId === null || subject === null || subject.authorId === null ? [] : [pairKey(userId, subject.authorId)];
    case 'surface-position':
      return context.surface === null || context.position === null ? [] : [pairKey(context.surface, context.position)];
  }
}

/** The texts in the order of their first appearance, each once; the list itself where nothing stands in it twice. */
export function different(texts: readonly string[]): readonly string[] {
  for (let at = 1; at < texts.length; at++) if (texts.indexOf(texts[at]!) !== at) return [...new Set(texts)];
  return texts;
}
