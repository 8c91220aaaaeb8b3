import { AudienceSetup } from '../audience-setup.ts';
import type { Audience } from '../audience.ts';
import { notAccepted, textOf, type Call, type JsonObject } from '../call.ts';
import { ownLinks } from '../links.ts';
import { blank, invalidResource, notFound } from '../problem.ts';
import type { InterestCategoryRecord, InterestRecord } from '../records.ts';
import { noContent, ok, paging, selection, type Outcome, type Route } from '../routes.ts';

const categories = '/lists/{list}/interest-categories';
const category = `${categories}/{category}`;
const interests = `${category}/interests`;

const types = ['checkboxes', 'dropdown', 'radio', 'hidden'] as const;

function categoryOf(call: Call): InterestCategoryRecord {
  const found = call.audience().list.categories.find(({ id }) => id === call.part('category'));
  if (found === undefined) throw notFound();
  return found;
}

function interestOf(call: Call): InterestRecord {
  const found = categoryOf(call).interests.find(({ id }) => id === call.part('interest'));
  if (found === undefined) throw notFound();
  return found;
}

function showCategory(call: Call, { list }: Audience, shown: InterestCategoryRecord): Record<string, unknown> {
  const path = `/lists/${list.id}/interest-categories`;
  return {
    list_id: list.id,
    id: shown.id,
    title: shown.title,
    display_order: shown.displayOrder,
    type: shown.type,
    _links: ownLinks(call.base, path, `${path}/${shown.id}`),
  };
}

/** `subscriber_count` is a text (recorded). */
function showInterest(call: Call, { list }: Audience, of: InterestCategoryRecord, shown: InterestRecord): Record<string, unknown> {
  const path = `/lists/${list.id}/interest-categories/${of.id}/interests`;
  const count = list.members.filter((member) => member.status === 'subscribed' && member.interests.includes(shown.id)).length;
  return {
    category_id: of.id,
    list_id: list.id,
    id: shown.id,
    name: shown.name,
    subscriber_count: String(count),
    display_order: shown.displayOrder,
    _links: ownLinks(call.base, path, `${path}/${shown.id}`),
  };
}

function allCategories(call: Call): Outcome {
  const audience = call.audience();
  const type = call.choice('type', types);
  const chosen = audience.list.categories.filter((one) => type === null || one.type === type);
  const path = `/lists/${audience.list.id}/interest-categories`;
  return ok({
    list_id: audience.list.id,
    categories: call.page(chosen).map((one) => showCategory(call, audience, one)),
    total_items: chosen.length,
    _links: ownLinks(call.base, `/lists/${audience.list.id}`, path),
  });
}

function allInterests(call: Call): Outcome {
  const audience = call.audience();
  const of = categoryOf(call);
  const path = `/lists/${audience.list.id}/interest-categories/${of.id}`;
  return ok({
    interests: call.page(of.interests).map((one) => showInterest(call, audience, of, one)),
    list_id: audience.list.id,
    category_id: of.id,
    total_items: of.interests.length,
    _links: ownLinks(call.base, path, `${path}/interests`),
  });
}

function addCategory(call: Call): Outcome {
  const audience = call.audience();
  const body = call.json({ title: 'string', type: 'string', display_order: 'integer' });
  const title = named(body, 'title');
  const type = types.find((one) => one === body['type']);
  if (type === undefined) throw notAccepted('type', types);
  if (audience.list.categories.some((one) => one.title === title)) {
    throw invalidResource(`An interest category with the title '${title}' already exists.`);
  }
  const added = new AudienceSetup(call.account).createInterestCategory(audience.list.id, title, type);
  return ok(showCategory(call, audience, added));
}

function addInterest(call: Call): Outcome {
  const audience = call.audience();
  const of = categoryOf(call);
  const name = named(call.json({ name: 'string', display_order: 'integer' }), 'name');
  if (of.interests.some((one) => one.name === name)) {
    throw invalidResource(`Cannot add "${name}" because it already exists on the list.`);
  }
  const added = new AudienceSetup(call.account).createInterest(audience.list.id, of.id, name);
  return ok(showInterest(call, audience, of, added));
}

function named(body: JsonObject, field: string): string {
  const text = textOf(body, field);
  if (text === '') throw blank(field);
  return text;
}

function deleteInterest(call: Call): Outcome {
  new AudienceSetup(call.account).deleteInterest(call.audience().list.id, interestOf(call).id);
  return noContent;
}

export const interestRoutes: readonly Route[] = [
  { method: 'GET', path: categories, query: [...paging, 'type'], run: allCategories },
  { method: 'POST', path: categories, query: [], run: addCategory },
  { method: 'GET', path: category, query: selection, run: (call) => ok(showCategory(call, call.audience(), categoryOf(call))) },
  { method: 'GET', path: interests, query: paging, run: allInterests },
  { method: 'POST', path: interests, query: [], run: addInterest },
  {
    method: 'GET',
    path: `${interests}/{interest}`,
    query: selection,
    run: (call) => ok(showInterest(call, call.audience(), categoryOf(call), interestOf(call))),
  },
  { method: 'DELETE', path: `${interests}/{interest}`, query: [], run: deleteInterest },
];
