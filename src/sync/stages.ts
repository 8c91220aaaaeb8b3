import type { StageName } from '../store/entities.ts';
import { addCiviOnly } from './add-civi-only.ts';
import { cleanDuplicates } from './clean-duplicates.ts';
import { createContacts } from './create-contacts.ts';
import { dataHooks } from './data-hooks.ts';
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

/** Whether a run whose last completed stage is `completed` is past a stage. */
export const isPast = (completed: StageName | null, stage: StageName): boolean => completed !== null && ORDER.indexOf(stage) <= ORDER.indexOf(completed);
