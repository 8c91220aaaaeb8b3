import { Type } from 'typebox';
import { checkerOf } from '../http/json.ts';

/** What we read of Mailchimp's answers; other fields are fine. https://mailchimp.com/developer/marketing/api/ */
const MemberShape = Type.Object({
  // An SMS-only contact has neither hash nor address (facts/mailchimp.md).
  id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  email_address: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  contact_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  status: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  last_changed: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  timestamp_opt: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  interests: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  merge_fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  tags: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  tags_count: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type MemberShape = Type.Static<typeof MemberShape>;
export const checkMember = checkerOf(MemberShape);

/** The fields of a member that we ask for: a whole one is 1.5–2.5 KB (facts/mailchimp.md). */
export const MEMBER_FIELDS = ['id', 'email_address', 'contact_id', 'status', 'last_changed', 'timestamp_opt', 'interests', 'merge_fields'] as const;

/** What is asked for besides where tags are used. */
export const TAG_FIELDS = ['tags', 'tags_count'] as const;

export const checkMembers = checkerOf(Type.Object({ members: Type.Array(MemberShape), total_items: Type.Integer({ minimum: 0 }) }));

export const checkAudience = checkerOf(
  Type.Object({ id: Type.String(), name: Type.String(), stats: Type.Object({ member_count: Type.Integer({ minimum: 0 }) }) }),
);

export const checkInterestCategories = checkerOf(
  Type.Object({ categories: Type.Array(Type.Object({ id: Type.String({ minLength: 1 }) })), total_items: Type.Integer({ minimum: 0 }) }),
);

export const checkInterests = checkerOf(
  Type.Object({
    interests: Type.Array(Type.Object({ id: Type.String({ minLength: 1 }), name: Type.String() })),
    total_items: Type.Integer({ minimum: 0 }),
  }),
);

export const checkMergeFields = checkerOf(
  Type.Object({
    merge_fields: Type.Array(
      Type.Object({
        tag: Type.String({ minLength: 1 }),
        type: Type.String(),
        options: Type.Optional(Type.Object({ phone_format: Type.Optional(Type.Union([Type.String(), Type.Null()])) })),
      }),
    ),
    total_items: Type.Integer({ minimum: 0 }),
  }),
);

export const checkTags = checkerOf(Type.Object({ tags: Type.Array(Type.Object({ name: Type.String() })), total_items: Type.Integer({ minimum: 0 }) }));

const BatchShape = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.Union([
    Type.Literal('pending'),
    Type.Literal('preprocessing'),
    Type.Literal('started'),
    Type.Literal('finalizing'),
    Type.Literal('finished'),
    Type.Literal('canceled'),
  ]),
  total_operations: Type.Integer({ minimum: 0 }),
  finished_operations: Type.Integer({ minimum: 0 }),
  submitted_at: Type.String(),
  response_body_url: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
export type BatchShape = Type.Static<typeof BatchShape>;
export const checkBatch = checkerOf(BatchShape);
export const checkBatches = checkerOf(Type.Object({ batches: Type.Array(BatchShape), total_items: Type.Integer({ minimum: 0 }) }));

/** One file of a batch's results. */
export const checkResultFile = checkerOf(
  Type.Array(
    Type.Object({
      status_code: Type.Integer({ minimum: 100, maximum: 599 }),
      operation_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      response: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
  ),
);

/** A refusal. `Member Exists` and `Member In Compliance State` carry no `type`, so title and status are what counts. */
export const checkProblem = checkerOf(Type.Object({ title: Type.String(), status: Type.Integer() }));
