import type { MailchimpAsk, RowMemory } from '../../store/entities.ts';
import { mergeKey, type Data } from './datum.ts';

/** What Mailchimp says of one field. */
export interface FieldError {
  /** A merge tag, or a path of the member. */
  readonly field: string;
  /** In the account's language. */
  readonly message: string;
}

type RefusedData = NonNullable<RowMemory['dataRefused']>;

/** Which of the data asked for were refused: those that the errors name; all of them, where none is named. */
export function refusedData(asked: Data, errors: readonly FieldError[]): RefusedData {
  const named = errors.flatMap(({ field, message }) => keysNamed(asked, field).map((key): [string, RefusedData[string]] => [key, { value: asked[key], message }]));
  if (named.length > 0) return Object.fromEntries(named);
  const message = errors.map((error) => error.message).join('; ');
  return Object.fromEntries(Object.entries(asked).map(([key, value]) => [key, { value, message }]));
}

/** `MMERGE3` or `merge_fields.MMERGE3`; `tags.item:0.name` is the first tag as sent; `tags` and the like name all data of their kind. */
function keysNamed(asked: Data, field: string): readonly string[] {
  const key = mergeKey(field.replace(/^merge_fields\./, ''));
  if (asked[key] !== undefined) return [key];
  const [part = ''] = field.split('.');
  const kinds: Readonly<Record<string, string>> = { tags: 'tag:', marketing_permissions: 'permission:', language: 'language', vip: 'vip' };
  const kind = Object.hasOwn(kinds, part) ? kinds[part] : undefined;
  const ofKind = kind === undefined ? [] : Object.keys(asked).filter((each) => each.startsWith(kind));
  const place = /^tags\.item:(\d+)/.exec(field)?.[1];
  return place === undefined ? ofKind : ofKind.slice(Number(place), Number(place) + 1);
}

/** Whether an update asks for nothing but data: a refusal of it says nothing of the subscription. */
export const asksForDataOnly = ({ status, email, interests, ...data }: MailchimpAsk): boolean =>
  status === undefined && email === undefined && interests === undefined && Object.keys(data).length > 0;

/** A message as it may be logged: nobody's address is in it. */
export const withoutAddresses = (message: string): string => message.replaceAll(/\S+@\S+/g, '…');
