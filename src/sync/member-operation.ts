import type { ListId, UpdateId } from '../base/ids.ts';
import type { MemberOperation } from '../mailchimp/api.ts';
import type { MailchimpAsk, MailchimpUpdate } from '../store/entities.ts';

/**
 * An update as the one request that carries it out. Someone never seen is written by PUT with `status_if_new`, the one
 * conditional write there is: who joined and left meanwhile is not touched [ifnew]. A known member is changed by PATCH,
 * by its `contact_id`, with `status` only if the status is what changes [patch]: a PATCH never makes a member.
 */
export function operationFor(listId: ListId, update: MailchimpUpdate): MemberOperation {
  const { ask, isNew, email, key } = update;
  const path = `/lists/${listId}/members/${encodeURIComponent(key)}`;
  if (ask.status === 'archived') return { method: 'DELETE', path };
  if (isTagsUpdate(update)) return { method: 'POST', path: `${path}/tags`, body: { tags: tagStatuses(ask) } };
  const data = bodyOf(update);
  const query = { skip_merge_validation: 'true' }; // a required merge field that is empty must not keep anybody out
  if (isNew && ask.status !== 'unsubscribed') return { method: 'PUT', path, query, body: { email_address: email, status_if_new: ask.status, ...data } };
  if (key === email) return { method: 'PUT', path, query, body: { email_address: email, ...(ask.status && { status: ask.status }), ...data } };
  return { method: 'PATCH', path, query, body: { ...(ask.status && { status: ask.status }), ...(ask.email && { email_address: ask.email }), ...data } };
}

/**
 * Tags of a member that is there: an endpoint of their own, because Mailchimp takes no notice of tags in a PUT to such a
 * member; answered by 204 without a body (facts/mailchimp.md).
 */
export const isTagsUpdate = ({ ask }: Pick<MailchimpUpdate, 'ask'>): boolean => ask.tags !== undefined && Object.keys(ask).length === 1;

const tagStatuses = ({ tags }: MailchimpAsk): readonly { readonly name: string; readonly status: 'active' | 'inactive' }[] => [
  ...(tags?.add ?? []).map((name) => ({ name, status: 'active' as const })),
  ...(tags?.remove ?? []).map((name) => ({ name, status: 'inactive' as const })),
];

function bodyOf({ ask }: MailchimpUpdate): Readonly<Record<string, unknown>> {
  const { interests, mergeFields, tags, language, vip, marketingPermissions } = ask;
  const fields = { ...(ask.firstName !== undefined && { FNAME: ask.firstName }), ...(ask.lastName !== undefined && { LNAME: ask.lastName }), ...mergeFields };
  return {
    ...(interests && { interests }),
    ...(Object.keys(fields).length > 0 && { merge_fields: fields }),
    ...(tags && { tags: tags.add }),
    ...(language !== undefined && { language }),
    ...(vip !== undefined && { vip }),
    ...(marketingPermissions && { marketing_permissions: Object.entries(marketingPermissions).map(([id, enabled]) => ({ marketing_permission_id: id, enabled })) }),
  };
}

/** `operation_id` of an update: the store's id and the update's, so that ours are known in any batch of the account. */
export const operationIdOf = (storeId: string, id: UpdateId): string => `${storeId}-${id}`;

/** The update that an `operation_id` names; null for one that is not ours. */
export function updateOfOperation(storeId: string, operationId: string | null): UpdateId | null {
  const match = operationId === null ? null : /^(.+)-(\d+)$/.exec(operationId);
  return match?.[1] === storeId ? (Number(match[2]) as UpdateId) : null;
}
