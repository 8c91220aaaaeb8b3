import { canBeArchived, forget } from '../administrators.ts';
import type { Audience } from '../audience.ts';
import { checkShape, notAccepted, textOf, type Call } from '../call.ts';
import { instantText } from '../instants.ts';
import { ownLinks } from '../links.ts';
import { showMember, tagName } from '../member-view.ts';
import type { MemberWriter, WriteOptions } from '../member-write.ts';
import { switchTag } from '../membership.ts';
import { blank, memberExists, notFound, Problem } from '../problem.ts';
import type { MemberRecord } from '../records.ts';
import { noContent, ok, paging, selection, type Outcome, type Route } from '../routes.ts';
import { checkTagLength, memberShape } from '../wanted-member.ts';
import { unsubscribeForm } from '../webhook-forms.ts';
import type { WebhookQueue } from '../webhook-queue.ts';

const member = '/lists/{list}/members/{member}';

export function memberRoutes(writer: MemberWriter, webhooks: WebhookQueue): readonly Route[] {
  const writes = ['skip_merge_validation'];
  return [
    { method: 'POST', path: '/lists/{list}/members', query: writes, run: (call) => add(call, writer) },
    { method: 'GET', path: member, query: selection, run: (call) => show(call, call.audience(), known(call)) },
    { method: 'PUT', path: member, query: writes, run: (call) => put(call, writer) },
    { method: 'PATCH', path: member, query: writes, run: (call) => patch(call, writer) },
    { method: 'DELETE', path: member, query: [], run: (call) => archive(call, webhooks) },
    { method: 'POST', path: `${member}/actions/delete-permanent`, query: [], run: deletePermanently },
    { method: 'GET', path: `${member}/tags`, query: paging, run: tags },
    { method: 'POST', path: `${member}/tags`, query: [], run: setTags },
  ];
}

function known(call: Call): MemberRecord {
  const found = call.audience().find(call.part('member'));
  if (found === undefined) throw notFound();
  return found;
}

function show(call: Call, audience: Audience, shown: MemberRecord): Outcome {
  return ok(showMember(audience, call.base, shown));
}

function optionsOf(call: Call): WriteOptions {
  return { skipMergeValidation: call.flag('skip_merge_validation'), strict: call.strict };
}

/** To an archived address POST is an update that resubscribes (recorded). */
function add(call: Call, writer: MemberWriter): Outcome {
  const audience = call.audience();
  const body = call.json(memberShape);
  const there = audience.byAddress(textOf(body, 'email_address'));
  if (there?.status !== 'archived') return show(call, audience, writer.create(audience, body, undefined, optionsOf(call)));
  writer.update(audience, there, body, optionsOf(call));
  return show(call, audience, there);
}

/**
 * Changes the member of the path; without one, creates the one of the body (recorded: by the body's address, whatever
 * hash is in the path). `status_if_new` counts for the archived too: not known of PUT, taken at its worst.
 */
function put(call: Call, writer: MemberWriter): Outcome {
  const audience = call.audience();
  const { status_if_new: ifNew, ...body } = call.json({ ...memberShape, status_if_new: 'string' });
  const there = audience.find(call.part('member'));
  if (there === undefined) {
    const address = textOf(body, 'email_address');
    if (audience.byAddress(address) !== undefined) throw memberExists(address);
    return show(call, audience, writer.create(audience, body, ifNew, optionsOf(call)));
  }
  const revives = there.status === 'archived' && body['status'] === undefined && ifNew !== undefined;
  writer.update(audience, there, revives ? { ...body, status: ifNew } : body, optionsOf(call));
  return show(call, audience, there);
}

function patch(call: Call, writer: MemberWriter): Outcome {
  const there = known(call);
  writer.update(call.audience(), there, call.json(memberShape), optionsOf(call));
  return show(call, call.audience(), there);
}

function archive(call: Call, webhooks: WebhookQueue): Outcome {
  const audience = call.audience();
  const there = known(call);
  if (!canBeArchived(there.status)) {
    const detail = 'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived';
    throw new Problem(405, 'Method Not Allowed', detail);
  }
  there.status = 'archived';
  audience.touch(there);
  webhooks.fire(audience, 'api', 'unsubscribe', unsubscribeForm(audience, there, 'delete', 'manual'));
  return noContent;
}

function deletePermanently(call: Call): Outcome {
  forget(call.account, call.audience(), known(call));
  return noContent;
}

function tags(call: Call): Outcome {
  const audience = call.audience();
  const there = known(call);
  const path = `/lists/${audience.list.id}/members/${there.id}`;
  return ok({
    tags: call.page(there.tags).map(({ id, addedAt }) => ({ id, name: tagName(audience, id), date_added: instantText(addedAt) })),
    total_items: there.tags.length,
    _links: ownLinks(call.base, path, `${path}/tags`),
  });
}

/** 204; `last_changed` moves only when a tag came or went (recorded: not for an empty list). */
function setTags(call: Call): Outcome {
  const audience = call.audience();
  const there = known(call);
  const { tags: given } = call.json({ tags: 'array', is_syncing: 'boolean' });
  if (given === undefined) throw blank('tags');
  const wanted = (given as unknown[]).map((one, place) => {
    const { name, status } = checkShape(one, { name: 'string', status: 'string' }, call.strict, `tags.item:${place}.`);
    if (typeof name !== 'string' || name === '') throw blank(`tags.item:${place}.name`);
    checkTagLength(name, place);
    if (status !== 'active' && status !== 'inactive') throw notAccepted(`tags.item:${place}.status`, ['inactive', 'active']);
    return { name, on: status === 'active' };
  });
  const changed = wanted.filter(({ name, on }) => switchTag(call.account, audience, there, name, on));
  if (changed.length > 0) audience.touch(there);
  return noContent;
}
