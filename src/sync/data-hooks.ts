import type { Counts } from './stage.ts';

/** Stage 8 (`checkForDataUpdates`): passes the run on; tags, merge fields and hooks of the flow are to come. Names are the reconciliation's. */
export const dataHooks = async (): Promise<Counts> => ({});
