import type { BatchRunner } from '../batch-runner.ts';
import type { MemberWriter } from '../member-write.ts';
import type { Route } from '../routes.ts';
import type { WebhookQueue } from '../webhook-queue.ts';
import { accountRoutes } from './account.ts';
import { batchWebhookRoutes } from './batch-webhooks.ts';
import { batchRoutes } from './batches.ts';
import { bulkMemberRoutes } from './bulk-members.ts';
import { interestRoutes } from './interests.ts';
import { listRoutes } from './lists.ts';
import { memberRoutes } from './members.ts';
import { membersPageRoutes } from './members-page.ts';
import { mergeFieldRoutes } from './merge-fields.ts';
import { webhookRoutes, type Validate } from './webhooks.ts';

/** What the endpoints work with. */
export interface Parts {
  readonly runner: BatchRunner;
  readonly queue: WebhookQueue;
  readonly writer: MemberWriter;
  readonly validate: Validate;
}

export function allRoutes({ runner, queue, writer, validate }: Parts): readonly Route[] {
  return [
    ...accountRoutes,
    ...listRoutes,
    ...membersPageRoutes,
    ...memberRoutes(writer, queue),
    ...bulkMemberRoutes(writer),
    ...interestRoutes,
    ...mergeFieldRoutes,
    ...webhookRoutes(validate),
    ...batchRoutes(runner),
    ...batchWebhookRoutes(validate),
  ];
}
