import { AudienceSetup } from '../audience-setup.ts';
import type { Audience } from '../audience.ts';
import { notAccepted, textOf, type Call } from '../call.ts';
import { ownLinks } from '../links.ts';
import { blank, invalidResource, notFound } from '../problem.ts';
import type { MergeFieldRecord, MergeFieldType } from '../records.ts';
import { ok, paging, selection, type Outcome, type Route } from '../routes.ts';

const fields = '/lists/{list}/merge-fields';

const types: readonly MergeFieldType[] = [
  'text',
  'number',
  'address',
  'phone',
  'date',
  'url',
  'imageurl',
  'radio',
  'dropdown',
  'birthday',
  'zip',
];

function showField(call: Call, { list }: Audience, field: MergeFieldRecord): Record<string, unknown> {
  const path = `/lists/${list.id}/merge-fields`;
  return {
    merge_id: field.mergeId,
    tag: field.tag,
    name: field.name,
    type: field.type,
    required: field.required,
    default_value: field.defaultValue,
    public: field.public,
    display_order: field.displayOrder,
    options: field.options,
    help_text: field.helpText,
    list_id: list.id,
    _links: ownLinks(call.base, path, `${path}/${field.mergeId}`),
  };
}

/** EMAIL is not among them, and they come in the order of their tags (recorded). */
function all(call: Call): Outcome {
  const audience = call.audience();
  const type = call.choice('type', types);
  const required = call.query.has('required') ? call.flag('required') : null;
  const chosen = audience.list.mergeFields
    .filter((field) => (type === null || field.type === type) && (required === null || field.required === required))
    .toSorted((left, right) => (left.tag < right.tag ? -1 : 1));
  return ok({
    merge_fields: call.page(chosen).map((field) => showField(call, audience, field)),
    list_id: audience.list.id,
    total_items: chosen.length,
    _links: ownLinks(call.base, `/lists/${audience.list.id}`, `/lists/${audience.list.id}/merge-fields`),
  });
}

function one(call: Call): Outcome {
  const audience = call.audience();
  const field = audience.list.mergeFields.find(({ mergeId }) => String(mergeId) === call.part('field'));
  if (field === undefined) throw notFound();
  return ok(showField(call, audience, field));
}

function add(call: Call): Outcome {
  const audience = call.audience();
  const body = call.json({
    tag: 'string',
    name: 'string',
    type: 'string',
    required: 'boolean',
    default_value: 'string',
    public: 'boolean',
    display_order: 'integer',
    options: 'object',
    help_text: 'string',
  });
  const name = textOf(body, 'name');
  if (name === '') throw blank('name');
  const type = types.find((known) => known === body['type']);
  if (type === undefined) throw notAccepted('type', types);
  const tag = textOf(body, 'tag') || `MMERGE${audience.list.mergeFields.length + 1}`;
  if (audience.list.mergeFields.some((field) => field.tag === tag)) {
    throw invalidResource(`A Merge Field with the tag "${tag}" already exists for this list.`);
  }
  const added = new AudienceSetup(call.account).createMergeField(audience.list.id, {
    tag,
    name,
    type,
    required: body['required'] === true,
    defaultValue: textOf(body, 'default_value'),
    options: (body['options'] ?? {}) as Record<string, unknown>,
  });
  return ok(showField(call, audience, added));
}

export const mergeFieldRoutes: readonly Route[] = [
  { method: 'GET', path: fields, query: [...paging, 'type', 'required'], run: all },
  { method: 'POST', path: fields, query: [], run: add },
  { method: 'GET', path: `${fields}/{field}`, query: selection, run: one },
];
