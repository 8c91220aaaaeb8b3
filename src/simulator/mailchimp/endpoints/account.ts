import type { Call } from '../call.ts';
import { instantText } from '../instants.ts';
import { link } from '../links.ts';
import { ok, selection, type Outcome, type Route } from '../routes.ts';

function root(call: Call): Outcome {
  const { account, lists } = call.account.state;
  const subscribed = lists.flatMap(({ members }) => members).filter(({ status }) => status === 'subscribed').length;
  return ok({
    account_id: account.accountId,
    login_id: account.accountId,
    account_name: account.name,
    email: account.email,
    first_name: account.firstName,
    last_name: account.lastName,
    username: account.username,
    avatar_url: '',
    role: 'owner',
    member_since: instantText(account.memberSince),
    pricing_plan_type: 'monthly',
    first_payment: '',
    account_timezone: 'UTC',
    account_industry: '',
    contact: { company: account.name, addr1: '', addr2: '', city: '', state: '', zip: '', country: '' },
    pro_enabled: false,
    last_login: instantText(account.memberSince),
    total_subscribers: subscribed,
    _links: [link(call.base, 'self', '/'), link(call.base, 'lists', '/lists'), link(call.base, 'batches', '/batches')],
  });
}

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/', query: selection, run: root },
  { method: 'GET', path: '/ping', query: [], run: () => ok({ health_status: "Everything's Chimpy!" }) },
];
