import { HOUR } from '../base/clock.ts';
import { groupId, interestId, listId, type GroupId, type InterestId, type ListId } from '../base/ids.ts';
import { accountNamed, webhookSecretAt } from './account-settings.ts';
import type { Path } from './json.ts';
import { mayBeKey } from './literal-secret.ts';
import { proposal } from './nearest.ts';
import type { Report } from './problems.ts';
import type { Secrets } from './resolve-secrets.ts';
import type { ResolvedAccount, ResolvedList, ResolvedSettings } from './schema.ts';
import { dataOf } from './data-settings.ts';
import { withSecret } from './secret-url.ts';
import { signingSecretName } from './signing-secret.ts';
import type { AccountSettings, AudienceSettings, Side } from './settings.ts';

/** What holds for a list that does not say otherwise. docs/reference/settings.md gives the reasons. */
export const listDefaults = {
  enabled: true,
  onTie: 'mailsLess',
  optOut: 'respect',
  onContactDeleted: 'unsubscribe',
  onAddressChange: 'rename',
  addressFollows: 'owned',
  pendingCounts: false,
  newMemberStatus: 'subscribed',
  onRemove: 'unsubscribe',
  contactSource: 'mailchimpsync',
  submitSingly: 20,
  /** Hours. One real service needed 7.4 to say "finished" (facts/mailchimp.md). */
  batchPatience: 12,
} as const;

export const limitDefaults = { people: 25, percent: 10 } as const;

const interestsOf = (list: ResolvedList): ReadonlyMap<InterestId, GroupId> =>
  new Map(Object.entries(list.interests ?? {}).map(([id, group]) => [interestId(id), groupId(Number(group))]));

const trustOf = (
  list: ResolvedList,
  path: Path,
  report: Report,
): AudienceSettings['trustOverride'] => {
  const bound = Object.keys(list.interests ?? {});
  const interests = new Map<InterestId, Side>();
  let subscription: Side | null = null;
  for (const [fact, side] of Object.entries(list.trustOverride ?? {})) {
    if (fact === 'subscription') subscription = side;
    else if (bound.includes(fact)) interests.set(interestId(fact), side);
    else {
      report(
        [...path, 'trustOverride', fact],
        `the interest "${fact}" is not bound to a group in "interests" of this list${proposal(fact, ['subscription', ...bound])}`,
      );
    }
  }
  return { subscription, interests };
};

/** Reports interests that the account's copy of the audience does not have. */
const checkInterests = (list: ResolvedList, known: Readonly<Record<string, string>>, path: Path, report: Report): void => {
  for (const interest of Object.keys(list.interests ?? {})) {
    if (!Object.hasOwn(known, interest)) {
      report(
        [...path, 'interests', interest],
        `the audience has no interest "${interest}"${proposal(interest, Object.keys(known))}`,
      );
    }
  }
};

const missingAccount = (name: string, accounts: ReadonlyMap<string, AccountSettings>): string => {
  if (mayBeKey(name)) return 'no account has this key; add the account under "accounts", or give the label of another one';
  const labels = [...accounts.keys()].filter((label) => !mayBeKey(label));
  return `no account has the label or key "${name}"${proposal(name, labels)}`;
};

const audienceSettings = (
  id: ListId,
  list: ResolvedList,
  account: AccountSettings,
  written: ResolvedAccount | undefined,
  { report, secrets }: { readonly report: Report; readonly secrets: Secrets },
): AudienceSettings => {
  const path = ['lists', id];
  const { webhooks, limits, data, ...own } = list;
  const audiences = written?.audiences ?? {};
  const known = Object.hasOwn(audiences, id) ? audiences[id] : undefined;
  if (known?.interests !== undefined) checkInterests(list, known.interests, path, report);
  const accountPath = ['accounts', account.label];
  const enabled = webhooks?.enabled !== false;
  const secret =
    webhookSecretAt(known?.webhook, [...accountPath, 'audiences', id, 'webhook'], report) ??
    webhookSecretAt(written?.webhookUrl, [...accountPath, 'webhookUrl'], report);
  return {
    listId: id,
    name: known?.name ?? id,
    account,
    ...listDefaults,
    ...withoutSourceKeys(own),
    subscriptionGroup: groupId(Number(list.subscriptionGroup)),
    interests: interestsOf(list),
    trustOverride: trustOf(list, path, report),
    limits: { ...limitDefaults, ...limits },
    data: dataOf(data ?? {}, [...path, 'data'], report),
    batchPatience: (list.batchPatience ?? listDefaults.batchPatience) * HOUR,
    webhookSecret: enabled ? secret : null,
    webhookUrl: enabled ? withSecret(known?.webhook || written?.webhookUrl || '', secret) || null : null,
    webhookSigning: { enabled: webhooks?.signing !== false, secret: (secrets[signingSecretName(id)] ?? webhooks?.signingSecret) || null },
  };
};

type Bindings = 'apiKey' | 'subscriptionGroup' | 'interests' | 'trustOverride';

const withoutSourceKeys = <List extends Pick<ResolvedList, Bindings>>(list: List): Omit<List, Bindings> => {
  const { apiKey: _account, subscriptionGroup: _group, interests: _interests, trustOverride: _trust, ...rules } = list;
  return rules;
};

/** Each group may be bound once, anywhere: two bindings would undo each other's changes in turn. */
const checkGroups = (settings: ResolvedSettings, report: Report): void => {
  const boundAt = new Map<number, string>();
  const bind = (group: number, path: Path, what: string): void => {
    const other = boundAt.get(group);
    if (other !== undefined) report(path, `the group ${group} is bound already to ${other}; a group can be bound only once`);
    else boundAt.set(group, what);
  };
  for (const [id, list] of Object.entries(settings.lists)) {
    bind(Number(list.subscriptionGroup), ['lists', id, 'subscriptionGroup'], `the list "${id}"`);
    for (const [interest, group] of Object.entries(list.interests ?? {})) {
      bind(Number(group), ['lists', id, 'interests', interest], `the interest "${interest}" of the list "${id}"`);
    }
  }
};

/** The bound audiences by their list ids. */
export const audiencesOf = (
  settings: ResolvedSettings,
  accounts: ReadonlyMap<string, AccountSettings>,
  secrets: Secrets,
  report: Report,
): ReadonlyMap<ListId, AudienceSettings> => {
  const audiences = new Map<ListId, AudienceSettings>();
  for (const [name, list] of Object.entries(settings.lists)) {
    const account = accountNamed(list.apiKey, accounts);
    if (account === null) report(['lists', name, 'apiKey'], missingAccount(list.apiKey, accounts));
    else {
      const id = listId(name);
      audiences.set(id, audienceSettings(id, list, account, settings.accounts[account.label], { report, secrets }));
    }
  }
  checkGroups(settings, report);
  return audiences;
};
