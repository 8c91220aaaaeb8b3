import { SECOND } from '../../src/base/clock.ts';
import type { Row } from '../../src/store/entities.ts';
import type { Finding } from './judge.ts';
import type { Sight } from './sight.ts';
import type { Said } from './truth.ts';

/** So close to each other are acts whose order two services' whole seconds do not show. */
const CLOSE = 3 * SECOND;

/** A contact whose last word was yes, and who is not subscribed on both sides: why. Only what nothing explains is a failure. */
export function lossOf(sight: Sight, contact: number, rows: readonly Row[], isSubscribed: boolean): Finding | undefined {
  const all = sight.saidOfContact(contact);
  const last = all.at(-1);
  if (!last?.yes || (isSubscribed && (sight.isIn(contact) || sight.isOptedOut(contact)))) return undefined;
  if (last.line !== null && sight.usersOf(last.line).some((other) => other !== contact && sight.isIn(other))) return undefined;
  return { kind: `lost: ${reasonOf(sight, contact, rows, all, last)}`, why: `contact ${contact}, last: ${last.text}` };
}

function reasonOf(sight: Sight, contact: number, rows: readonly Row[], all: readonly Said[], last: Said): string {
  const { truth } = sight.audience;
  const had = sight.linesEverHad(contact);
  const later = sight.said.filter((said) => said.seq > last.seq && !said.yes);
  if (sight.isOptedOut(contact)) return 'opted out';
  if (truth.restored.has(contact)) return 'taken out of the trash';
  if (truth.historyDropped.has(contact)) return 'a merge dropped its history';
  if (last.line !== null && later.some((said) => said.contact !== null && said.lines.includes(last.line!))) return 'shared, removal of another';
  if (later.some((said) => said.line !== null && had.includes(said.line))) return 'left by an address it had';
  if (last.line !== null && truth.gave.some((given) => given.line === last.line && given.seq >= last.seq && given.contact !== contact)) return 'another contact took it along';
  const related = sight.said.filter((said) => all.includes(said) || (said.line !== null && had.includes(said.line)));
  return ambiguityOf(sight, contact, rows, related, last);
}

/** Where the order of two acts cannot be seen, mailing less is right. */
function ambiguityOf(sight: Sight, contact: number, rows: readonly Row[], related: readonly Said[], last: Said): string {
  const { truth } = sight.audience;
  const { contacts } = sight.play.world;
  const refusal = rows.find((row) => row.failReason !== null || row.memory.refused !== undefined);
  if (refusal) return `refused, ${refusal.failReason ?? refusal.memory.refused?.reason}`;
  if (rows.some((row) => row.email !== null && truth.reused.has(row.email))) return 'address reused by another member';
  if (last.contact !== null && !contacts.isLive(last.contact)) return 'contact trashed';
  const mark = sight.play.marks.filter(({ list, seq }) => list === sight.audience.binding.list && seq < last.seq).at(-1)?.seq ?? -1;
  const noes = related.filter((said) => !said.yes && (said.seq > mark || last.at - said.at <= CLOSE));
  if (noes.length > 0) {
    if (noes.every((said) => (said.contact === null) === (last.contact === null))) return 'ambiguous, one side only';
    return noes.some((said) => (said.contact === null) !== (last.contact === null) && last.at - said.at <= CLOSE) ? 'ambiguous, seconds apart' : 'ambiguous, ranges overlap';
  }
  const addresses = [...rows.flatMap((row) => row.email ?? []), ...sight.addressesOf(contact), ...sight.addressesEverHad(contact)];
  if (addresses.some((address) => truth.moved.has(address))) return 'moved before we saw it';
  if (related.some((said) => said.text.includes('for good'))) return 'ambiguous, gone at Mailchimp, seen late';
  const gaveUp = truth.gave.filter((given) => sight.survivorOf(given.contact) === contact);
  if (sight.said.some((said) => said.yes && said.line !== null && (said.seq > mark || last.at - said.at <= CLOSE) && gaveUp.some((given) => given.line === said.line))) return 'ambiguous, a yes said anew at an address it gave up';
  const isEdited = truth.edits.some((edit) => (edit.seq > mark || last.at - edit.at <= CLOSE) && rows.some((row) => row.email !== null && sight.line(row.email) === edit.line));
  return isEdited ? 'ambiguous, edited at Mailchimp since' : 'unexplained';
}

/** Memberships whose last word was yes, and that no contact has. */
export function lossOfMembers(sight: Sight): readonly Finding[] {
  const { truth } = sight.audience;
  const { contacts } = sight.play.world;
  const anyGone = truth.deleted.size > 0 || truth.restored.size > 0 || sight.live.length < contacts.all().length;
  const lines = new Set(sight.said.flatMap((said) => said.line ?? []));
  return [...lines]
    .filter((line) => sight.said.findLast((said) => said.line === line)?.yes && sight.saidOfLine(line).at(-1)?.yes && sight.usersOf(line).length === 0)
    .map((line) => ({ kind: `lost: ${anyGone ? 'contact trashed' : 'unexplained'}`, why: `no contact for ${line}` }));
}
