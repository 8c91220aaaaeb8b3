import type { Run, StageName } from '../store/entities.ts';
import { addCiviOnly } from './add-civi-only.ts';
import { cleanDuplicates } from './clean-duplicates.ts';
import { createContacts } from './create-contacts.ts';
import { dataHooks } from './data-hooks.ts';
import { hookCount } from './data/whole-comparison.ts';
import type { HookRunner } from './data/hook-runner.ts';
import { fetch } from './fetch.ts';
import { identifyChanges } from './identify-changes.ts';
import { populate } from './populate.ts';
import { reconcile } from './reconcile.ts';
import { removeInvalid } from './remove-invalid.ts';
import type { Stage } from './stage.ts';
import { submit } from './submit.ts';

/** The stages in their order (algorithm.md). */
export const STAGES: Readonly<Record<StageName, Stage>> = { fetch, removeInvalid, populate, createContacts, cleanDuplicates, addCiviOnly, identifyChanges, dataHooks, reconcile, submit };

const ORDER = Object.keys(STAGES) as readonly StageName[];

/** Whether a run is past a stage. Each hook of a flow is the stage `dataHooks` again, as long as nothing later was done. */
export function isPast({ stage: completed, counts }: Pick<Run, 'stage' | 'counts'>, stage: StageName, hook?: HookRunner): boolean {
  if (completed === null) return false;
  if (stage === 'dataHooks' && completed === stage && hook) return counts.dataHooks?.[hookCount(hook.name)] !== undefined;
  return ORDER.indexOf(stage) <= ORDER.indexOf(completed);
}
