import type { ContactId } from '../../base/ids.ts';
import type { Contact } from '../../civicrm/reader.ts';
import type { DataSettings } from '../../settings/settings.ts';
import type { MemberFacts, Row } from '../../store/entities.ts';
import type { ClusterContact } from '../cluster.ts';
import { memberIsPresent } from '../member-status.ts';
import { bindsTag, isSameTag } from './binding.ts';
import { isEmpty, mergeTagOf, NAME_DATA, sameValue, tagNameOf, type Data, type DatumKey, type DatumValue } from './datum.ts';
import { agreeOn, outputsOf } from './hook-memory.ts';

export interface DataComparison {
  /** What has to be sent. */
  readonly differing: Data;
  /** The hooks' memories, with what was found at Mailchimp already. */
  readonly hookData: Row['hookData'];
  /** Refusals that still stand: the value is the one that was refused. */
  readonly refused: NonNullable<Row['memory']['dataRefused']>;
}

/**
 * Compares what the hooks want for a member with what it has. An output that was agreed on before sends nothing; another
 * one is sent, unless the member is known to have it. An empty value clears only what came from the same place. Tags that
 * are known are brought to CiviCRM's state whatever was agreed on.
 * @param lead the contact whose data are the member's
 */
export function compareData(row: Row, lead: Pick<ClusterContact, 'id' | 'contact'>, settings: DataSettings): DataComparison {
  const there = (key: DatumKey): DatumValue | undefined => shown(row.member, key, settings);
  // A mapping is new until the next look at the member: then it is known what the member has.
  const isWaiting = (key: DatumKey): boolean => Object.hasOwn(settings.mergeFields, mergeTagOf(key) ?? '') && there(key) === undefined;
  const isThere = memberIsPresent(row.member);
  const differing: Record<DatumKey, DatumValue> = {};
  const refused: Record<DatumKey, { readonly value: unknown; readonly message: string }> = { ...refusedNames(row, lead.contact) };
  for (const [key, { wanted, agreed }] of wantedOf(row, lead.id)) {
    const refusal = row.memory.dataRefused?.[key];
    if (refusal && sameValue(refusal.value as DatumValue, wanted)) refused[key] = refusal;
    else if (isThere ? !isWaiting(key) && differs(key, wanted, agreed, there(key)) : wanted !== false && !isEmpty(wanted)) differing[key] = wanted;
  }
  return { differing, hookData: isThere ? agreeOn(row.hookData, (key, wanted) => isSame(there(key), wanted)) : row.hookData, refused };
}

/** Names are decided by themselves (decide-names.ts); what was refused of them is kept with the rest. */
function refusedNames({ memory: { dataRefused = {} } }: Row, contact: Contact): NonNullable<Row['memory']['dataRefused']> {
  const standing = Object.entries(NAME_DATA).filter(([name, key]) => dataRefused[key]?.value === contact[name as keyof typeof NAME_DATA]);
  return Object.fromEntries(standing.flatMap(([, key]) => (dataRefused[key] ? [[key, dataRefused[key]]] : [])));
}

function wantedOf(row: Row, lead: ContactId): ReadonlyMap<DatumKey, { readonly wanted: DatumValue; readonly agreed: DatumValue | undefined }> {
  const all = new Map<DatumKey, { wanted: DatumValue; agreed: DatumValue | undefined }>();
  for (const memory of outputsOf(row)) {
    if (memory.of !== lead) continue; // of somebody who led this member before: nobody else's data are sent
    for (const [key, wanted] of Object.entries(memory.wants)) all.set(key, { wanted, agreed: memory.agreed[key] });
  }
  return all;
}

function differs(key: DatumKey, wanted: DatumValue, agreed: DatumValue | undefined, there: DatumValue | undefined): boolean {
  if (isSame(there, wanted)) return false;
  if (tagNameOf(key) !== undefined) return there === undefined ? (agreed ?? false) !== wanted : true;
  if (isEmpty(wanted) && isEmpty(agreed)) return false; // never an empty value over something, unless the source became empty
  return agreed === undefined || !sameValue(agreed, wanted);
}

const isSame = (there: DatumValue | undefined, wanted: DatumValue): boolean => there !== undefined && sameValue(there, wanted);

/** A datum as the last look showed it; undefined where it is not known: of tags those are kept that the settings bind. */
function shown(member: MemberFacts | null, key: DatumKey, { tags }: DataSettings): DatumValue | undefined {
  const tag = mergeTagOf(key);
  if (tag !== undefined) return member?.mergeFields?.[tag];
  const name = tagNameOf(key);
  return name === undefined || !bindsTag(tags, name) ? undefined : member?.tags?.some((has) => isSameTag(has, name));
}
