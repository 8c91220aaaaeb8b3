import { audienceMethods } from './audience.ts';
import { batchMethods } from './batches.ts';
import { commitMethods } from './commit.ts';
import { contactMethods } from './contacts.ts';
import { creationClaimMethods } from './creation-claims.ts';
import type { Database } from './database.ts';
import { inboxMethods } from './inbox.ts';
import type { StoreMethods } from './methods.ts';
import { planMethods } from './plans.ts';
import { rowMethods } from './rows.ts';
import { runMethods } from './runs.ts';
import { updateMethods } from './updates.ts';

/** All methods of a store on one connection, from the files of their families. */
export const methodsOf = (database: Database): StoreMethods => ({
  ...runMethods(database),
  ...audienceMethods(database),
  ...rowMethods(database),
  ...updateMethods(database),
  ...contactMethods(database),
  ...commitMethods(database),
  ...planMethods(database),
  ...batchMethods(database),
  ...inboxMethods(database),
  ...creationClaimMethods(database),
});
