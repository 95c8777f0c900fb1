import type { Event } from '../../events/event.ts';
import { subjectKey } from '../../events/subject-key.ts';
import type { EventTerm } from '../feature-declaration.ts';

const NONE: readonly string[] = [];

/** The terms that an event has, each once, in its order; none where it has none. Cost: a small list. */
export function termsOf(event: Event, term: EventTerm): readonly string[] {
  switch (term) {
    case 'user':
      return one(event.userId);
    case 'subject':
      return event.subject === null ? NONE : [subjectKey(event.subject)];
    case 'author':
      return event.subject === null ? NONE : one(event.subject.authorId);
    case 'instrument':
      return event.subject === null ? NONE : distinctTexts(event.subject.instruments);
    case 'tag':
      return event.subject === null ? NONE : distinctTexts(event.subject.tags);
    case 'surface':
      return one(event.context.surface);
    case 'action':
      return [event.action];
    case 'query':
      return one(event.query);
    case 'time':
      return [String(event.timeMs)];
    default:
      return term satisfies never;
  }
}

/** A list without empty texts and repetitions; the list itself where it has none. */
export function distinctTexts(texts: readonly string[]): readonly string[] {
  const { length } = texts;
  if (length === 0) return NONE;
  if (length === 1) return texts[0] === '' ? NONE : texts;
  if (length <= 16) {
    for (let i = 0; i < length; i++) {
      const text = texts[i]!;
      if (text === '' || texts.indexOf(text) !== i) return texts.filter((each, at) => each !== '' && texts.indexOf(each) === at);
    }
    return texts;
  }
  return [...new Set(texts)].filter((text) => text !== '');
}

function one(text: string | null): readonly string[] {
  return text === null || text === '' ? NONE : [text];
}
