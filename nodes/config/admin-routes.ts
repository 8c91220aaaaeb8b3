import { Ajv } from 'ajv';
import type { NodeAPI } from 'node-red';
import { type Static, Type } from 'typebox';
import type { Secrets } from '../../src/settings/resolve-secrets.ts';
import { findEngineNode } from '../lib/engine-node.ts';
import { checkSettings, withoutSecrets } from './check-settings.ts';
import { type ConfigCredentials, keptSecrets } from './kept-secrets.ts';

/** What the dialog sends: its node, the settings as typed, and the secrets entered since the last deployment. */
const DraftSchema = Type.Object({
  id: Type.String(),
  settings: Type.String(),
  secrets: Type.Record(Type.String(), Type.String()),
});

type Draft = Static<typeof DraftSchema>;

const isDraft = new Ajv().compile<Draft>(DraftSchema);

/** Routes that the dialogs ask; below the editor's own address and permissions. */
export function registerAdminRoutes(RED: NodeAPI): void {
  const { httpAdmin, auth } = RED;
  const mayWrite = auth.needsPermission('mailchimpsync.write');
  const mayRead = auth.needsPermission('mailchimpsync.read');

  httpAdmin.post('/mailchimpsync/settings/check', mayWrite, (request, response) => {
    answerDraft(request.body, response, ({ id, settings, secrets }) =>
      checkSettings(settings, { env: process.env, secrets: { ...secretsOf(RED, id), ...secrets } }),
    );
  });

  httpAdmin.post('/mailchimpsync/settings/move', mayWrite, (request, response) => {
    answerDraft(request.body, response, ({ settings }) => withoutSecrets(settings));
  });

  httpAdmin.get('/mailchimpsync/audiences', mayRead, (request, response) => {
    const { config } = request.query;
    const settings = typeof config === 'string' ? findEngineNode(RED, config)?.settings : null;
    response.json([...(settings?.audiences.values() ?? [])].map(({ listId, name }) => ({ listId, name })));
  });
}

interface Answering {
  json(answer: unknown): unknown;
  sendStatus(status: number): unknown;
}

function answerDraft(draft: unknown, response: Answering, answer: (draft: Draft) => unknown): void {
  if (isDraft(draft)) response.json(answer(draft));
  else response.sendStatus(400);
}

/** Secrets kept for a node; none where they cannot be read, so that the dialog can be used to enter them anew. */
function secretsOf(RED: NodeAPI, id: string): Secrets {
  try {
    const credentials: ConfigCredentials | undefined = RED.nodes.getCredentials(id);
    return keptSecrets(credentials ?? {});
  } catch {
    return {};
  }
}
