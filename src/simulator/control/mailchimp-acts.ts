import { given } from '../given.ts';
import type { Fault, FaultTarget, ImportedMember, MailchimpSimulator, MergeValue } from '../simulated-services.ts';
import { act, boolean, number, numbers, object, objects, oneOf, optional, text, texts, type Acts } from './act.ts';

const list = text('listId');
const address = text('address');
const mergeFields = object<Readonly<Record<string, MergeValue>>>('mergeFields');

/** What people and administrators do at Mailchimp, by the names of the simulator's own parts, and a hand on batches and webhooks. */
export function mailchimpActs(mailchimp: MailchimpSimulator): Acts {
  return { ...personActs(mailchimp), ...administratorActs(mailchimp), ...setUpActs(mailchimp), ...webhookActs(mailchimp), ...batchActs(mailchimp), ...faultActs(mailchimp) };
}

function personActs({ people }: MailchimpSimulator): Acts {
  return {
    'person.subscribe': act([list, address, optional(mergeFields), optional(texts('interests'))], (id, who, fields, interests) =>
      people.subscribe(id, who, given({ mergeFields: fields, interests })),
    ),
    'person.signUp': act([list, address, optional(mergeFields), optional(texts('interests'))], (id, who, fields, interests) =>
      people.signUp(id, who, given({ mergeFields: fields, interests })),
    ),
    'person.confirm': act([list, address], (id, who) => people.confirm(id, who)),
    'person.unsubscribe': act([list, address], (id, who) => people.unsubscribe(id, who)),
    'person.complain': act([list, address], (id, who) => people.complain(id, who)),
    'person.editProfile': act([list, address, mergeFields], (id, who, fields) => people.editProfile(id, who, fields)),
    'person.setInterest': act([list, address, text('interestId'), boolean('on')], (id, who, interest, on) => people.setInterest(id, who, interest, on)),
    'person.changeAddress': act([list, address, text('to')], (id, who, to) => people.changeAddress(id, who, to)),
  };
}

function administratorActs({ administrators }: MailchimpSimulator): Acts {
  return {
    'administrator.subscribe': act([list, address], (id, who) => administrators.subscribe(id, who)),
    'administrator.unsubscribe': act([list, address], (id, who) => administrators.unsubscribe(id, who)),
    'administrator.archive': act([list, address], (id, who) => administrators.archive(id, who)),
    'administrator.deletePermanently': act([list, address], (id, who) => administrators.deletePermanently(id, who)),
    'administrator.clean': act([list, address, optional(oneOf('reason', ['hard', 'abuse']))], (id, who, reason) => administrators.clean(id, who, reason)),
    'administrator.addTag': act([list, address, text('tag')], (id, who, tag) => administrators.addTag(id, who, tag)),
    'administrator.removeTag': act([list, address, text('tag')], (id, who, tag) => administrators.removeTag(id, who, tag)),
    'administrator.markTooManySignups': act([list, address, optional(boolean('marked'))], (id, who, marked) => administrators.markTooManySignups(id, who, marked)),
  };
}

function setUpActs(mailchimp: MailchimpSimulator): Acts {
  const { setup } = mailchimp;
  return {
    createList: act([text('name'), optional(text('id')), optional(boolean('doubleOptIn'))], (name, id, doubleOptIn) => setup.createList({ name, ...given({ id, doubleOptIn }) })),
    createInterestCategory: act([list, text('title')], (id, title) => setup.createInterestCategory(id, title)),
    createInterest: act([list, text('category'), text('name'), optional(text('id'))], (id, category, name, interest) => setup.createInterest(id, category, name, interest)),
    deleteInterest: act([list, text('interestId')], (id, interest) => setup.deleteInterest(id, interest)),
    createMergeField: act([list, text('tag'), optional(text('name')), optional(boolean('required'))], (id, tag, name, required) =>
      setup.createMergeField(id, { tag, ...given({ name, required }) }),
    ),
    importMembers: act([list, objects<ImportedMember>('members')], (id, members) => mailchimp.importMembers(id, members)),
  };
}

function webhookActs({ webhooks }: MailchimpSimulator): Acts {
  return {
    'webhooks.setManual': act([boolean('manual')], (manual) => {
      webhooks.manual = manual;
    }),
    'webhooks.waiting': act([], () => webhooks.waiting()),
    'webhooks.all': act([], () => webhooks.all()),
    'webhooks.deliver': act([number('id')], (id) => webhooks.deliver(id)),
    'webhooks.deliverDue': act([], () => webhooks.deliverDue()),
    'webhooks.lose': act([number('id')], (id) => webhooks.lose(id)),
    'webhooks.repeat': act([number('id')], (id) => webhooks.repeat(id)),
    'webhooks.reorder': act([numbers('ids')], (ids) => webhooks.reorder(ids)),
    'webhooks.fireCampaign': act([list, text('campaignId'), text('subject')], (id, campaign, subject) => webhooks.fireCampaign(id, campaign, subject)),
  };
}

function batchActs({ batches }: MailchimpSimulator): Acts {
  const batch = text('batchId');
  return {
    'batches.setManual': act([boolean('manual')], (manual) => {
      batches.manual = manual;
    }),
    'batches.unfinished': act([], () => batches.unfinished()),
    'batches.all': act([], () => batches.all()),
    'batches.run': act([batch, number('place'), optional(oneOf('fault', ['server-error', 'server-error-after-effect']))], (id, place, fault) => batches.run(id, place, fault ?? null)),
    'batches.runAll': act([batch], (id) => batches.runAll(id)),
    'batches.finish': act([batch], (id) => batches.finish(id)),
    'batches.loseOperationIds': act([batch], (id) => batches.loseOperationIds(id)),
  };
}

/** Faults that JSON can say; `held` needs a promise and is for tests in the same process. */
const faultKinds = ['too-many-requests', 'forbidden', 'server-error', 'reset', 'hang', 'slow', 'broken-json', 'html'] as const;

function faultActs({ faults }: MailchimpSimulator): Acts {
  return {
    addFault: act(
      [
        oneOf('kind', faultKinds),
        optional(text('method')),
        optional(text('path')),
        optional(number('times')),
        optional(number('status')),
        optional(boolean('effect')),
        optional(boolean('body')),
        optional(number('retryAfter')),
        optional(number('milliseconds')),
      ],
      (kind, method, path, times, status, effect, body = true, retryAfter, milliseconds = 1000) => {
        // Each kind takes of these what it knows.
        const fault = { kind, body, milliseconds, ...given({ status, effect, retryAfter }) } as Fault;
        faults.add(fault, given({ method, path: path === undefined ? undefined : new RegExp(path), times }) satisfies FaultTarget);
      },
    ),
    clearFaults: act([], () => faults.clear()),
  };
}
