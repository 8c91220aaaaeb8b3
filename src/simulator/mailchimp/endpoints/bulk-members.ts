import type { Audience } from '../audience.ts';
import { checkShape, textOf, type Call, type JsonObject } from '../call.ts';
import { ownLinks } from '../links.ts';
import { showMember } from '../member-view.ts';
import type { MemberWriter } from '../member-write.ts';
import { switchTag } from '../membership.ts';
import { blank, invalidFields, memberExists, Problem } from '../problem.ts';
import type { MemberRecord } from '../records.ts';
import { ok, type Outcome, type Route } from '../routes.ts';
import { memberShape } from '../wanted-member.ts';

/** "maximum of 500" (specification). */
const mostMembers = 500;

/** `POST /lists/{id}`: up to 500 members at once, answered at once; a bad member is an entry of `errors` (specification). */
export function bulkMemberRoutes(writer: MemberWriter): readonly Route[] {
  const query = ['skip_merge_validation', 'skip_duplicate_check'];
  return [{ method: 'POST', path: '/lists/{list}', query, run: (call) => write(call, writer) }];
}

interface Tally {
  readonly created: MemberRecord[];
  readonly updated: MemberRecord[];
  readonly errors: Record<string, unknown>[];
}

function write(call: Call, writer: MemberWriter): Outcome {
  const audience = call.audience();
  const body = call.json({ members: 'array', update_existing: 'boolean', sync_tags: 'boolean' });
  const members = body['members'] as readonly unknown[] | undefined;
  if (members === undefined) throw blank('members');
  if (members.length > mostMembers) {
    throw invalidFields([{ field: 'members', message: `This collection should contain ${mostMembers} elements or less.` }]);
  }
  const tally: Tally = { created: [], updated: [], errors: [] };
  const seen = new Set<string>();
  for (const [place, raw] of members.entries()) {
    const given = checkShape(raw, memberShape, call.strict, `members.item:${place}.`);
    const address = textOf(given, 'email_address').toLowerCase();
    if (seen.has(address) && !call.flag('skip_duplicate_check')) {
      tally.errors.push(errorEntry(given, 'ERROR_DUPLICATE', 'The address is in this request twice.'));
      continue;
    }
    seen.add(address);
    writeOne(call, writer, audience, given, body, tally);
  }
  const path = `/lists/${audience.list.id}`;
  return ok({
    new_members: tally.created.map((member) => showMember(audience, call.base, member)),
    updated_members: tally.updated.map((member) => showMember(audience, call.base, member)),
    errors: tally.errors,
    total_created: tally.created.length,
    total_updated: tally.updated.length,
    error_count: tally.errors.length,
    _links: ownLinks(call.base, '/lists', path),
  });
}

function writeOne(call: Call, writer: MemberWriter, audience: Audience, given: JsonObject, body: JsonObject, tally: Tally): void {
  const options = { skipMergeValidation: call.flag('skip_merge_validation'), strict: call.strict };
  const there = audience.byAddress(textOf(given, 'email_address'));
  try {
    if (there === undefined) {
      tally.created.push(writer.create(audience, given, undefined, options));
      return;
    }
    if (body['update_existing'] !== true && there.status !== 'archived') throw memberExists(there.email);
    writer.update(audience, there, given, options);
    addTags(call, audience, there, (given['tags'] ?? []) as readonly string[], body['sync_tags'] === true);
    tally.updated.push(there);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const code = error.title === 'Member Exists' ? 'ERROR_CONTACT_EXISTS' : 'ERROR_GENERIC';
    tally.errors.push(errorEntry(given, code, error.detail, error));
  }
}

/** Unlike PUT this call does set tags of known members; with `sync_tags` they replace the others (specification). */
function addTags(call: Call, audience: Audience, member: MemberRecord, names: readonly string[], replace: boolean): void {
  const gone = replace
    ? audience.list.tags.filter(({ id, name }) => !names.includes(name) && member.tags.some((tag) => tag.id === id))
    : [];
  const removed = gone.filter(({ name }) => switchTag(call.account, audience, member, name, false));
  const added = names.filter((name) => switchTag(call.account, audience, member, name, true));
  if (removed.length + added.length > 0) audience.touch(member);
}

function errorEntry(given: JsonObject, code: string, text: string, problem?: Problem): Record<string, unknown> {
  return {
    email_address: textOf(given, 'email_address'),
    error: text,
    error_code: code,
    field: problem?.errors[0]?.field ?? '',
    field_message: problem?.errors[0]?.message ?? '',
  };
}
