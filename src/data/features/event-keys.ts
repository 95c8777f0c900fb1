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
      return present(userId);
    case 'subject':
      return subject === null ? [] : [subjectKey(subject)];
    case 'author':
      return present(subject?.authorId);
    case 'instrument':
      return subject === null ? [] : different(subject.instruments);
    case 'tag':
      return subject === null ? [] : different(subject.tags);
    case 'user-tag':
      return absent(userId) || subject === null ? [] : different(subject.tags).map((tag) => pairKey(userId!, tag));
    case 'user-author':
      return absent(userId) || absent(subject?.authorId) ? [] : [pairKey(userId!, subject!.authorId!)];
    case 'surface-position':
      return absent(context.surface) || context.position === null ? [] : [pairKey(context.surface!, context.position)];
  }
}

/** The texts that are not empty, in the order of their first appearance, each once; the list itself where all are so. */
export function different(texts: readonly string[]): readonly string[] {
  for (let at = 0; at < texts.length; at++) {
    if (texts[at] === '' || texts.indexOf(texts[at]!) !== at) return [...new Set(texts)].filter((text) => text !== '');
  }
  return texts;
}

/** A text as a list of one; none where it is missing or empty. */
export function present(text: string | null | undefined): readonly string[] {
  return absent(text) ? [] : [text!];
}

function absent(text: string | null | undefined): boolean {
  return text == null || text === '';
}
