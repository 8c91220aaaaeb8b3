import type { InterestId } from '../base/ids.ts';
import type { CivicrmAsk, MailchimpAsk, Row, Word } from '../store/entities.ts';
import type { GroupSaying } from './civicrm-word.ts';
import { isFoundOtherwise, type ClusterContact } from './cluster.ts';
import type { DecisionRules } from './decision.ts';
import { winnerOf } from './decide-subscription.ts';

export interface InterestsDecision {
  readonly ask: Pick<MailchimpAsk, 'interests'>;
  readonly origin: Readonly<Record<string, Word>>;
  /** Group writes, by the first of the rows that a contact leads. */
  readonly groups: readonly { readonly ask: CivicrmAsk; readonly origin: Readonly<Record<string, Word>>; readonly reason: string }[];
  /** A smart group, which is never written, has another status than the word. */
  readonly unwritten: boolean;
}

/**
 * Interests of a member that ends subscribed, each by its own words; of several subscribed rows of a contact the later
 * word, given to all [oneinterest]. An interest that Mailchimp does not return is skipped.
 * @param led the rows whose data are this contact's
 */
export function decideInterests(row: Row, lead: ClusterContact, led: readonly Row[], rules: DecisionRules): InterestsDecision {
  const interests: Record<InterestId, boolean> = {};
  const origin: Record<string, Word> = {};
  const groups: InterestsDecision['groups'][number][] = [];
  let unwritten = false;
  for (const [interest, group] of rules.settings.interests) {
    if (row.member !== null && row.member.interests[interest] === undefined) continue;
    const saying = lead.interests.get(interest);
    if (!saying) continue;
    const won = winnerOf(wordOfAll(led, interest, saying, rules), saying.word, rules.settings.trustOverride.interests.get(interest) ?? null, rules);
    if (!won) continue;
    const { word } = won;
    if ((row.member?.interests[interest] ?? false) !== word.value) {
      interests[interest] = word.value;
      origin[interest] = word;
    }
    const writes = led.length === 0 || led[0]!.id === row.id;
    if (saying.added === word.value) continue;
    if (saying.searched) unwritten = true;
    else if (writes)
      groups.push({ ask: { kind: 'group', groupId: group, status: word.value ? 'Added' : 'Removed' }, origin: { [interest]: word }, reason: `interest ${interest}: ${won.reason}` });
  }
  return { ask: Object.keys(interests).length > 0 ? { interests } : {}, origin, groups, unwritten };
}

function wordOfAll(led: readonly Row[], interest: InterestId, saying: GroupSaying, rules: DecisionRules): Word | undefined {
  let word: Word | undefined;
  for (const row of led) {
    const own = row.memory.interests?.[interest];
    if (own && !isFoundOtherwise(own, saying)) word = rules.order.later(word, own);
  }
  return word;
}
