import { SECOND, systemClock } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { systemRandom } from '../base/random.ts';
import { createCivicrm } from '../civicrm/client.ts';
import { createMailchimpApi } from '../mailchimp/client.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import { judge } from './judge.ts';
import type { Judgement, ReportedRow } from './judge.ts';
import { readPicture } from './picture.ts';
import type { Picture } from './picture.ts';
import { reportedRows } from './store-report.ts';

/** Both sides of an audience as they are now, judged. */
export interface Look {
  readonly picture: Picture;
  /** Rows that the sync gave up. */
  readonly reported: readonly ReportedRow[];
  readonly judgement: Judgement;
}

/** The sync's own reads are patient with a service that fails; who looks on is told soon. */
const PATIENCE = { deadline: 20 * SECOND, checkDeadline: 20 * SECOND };

/** Reads every enabled audience on both sides, with clients of its own. */
export const lookAtBothSides = async ({ audiences, civicrm }: Settings, store: Store, signal: AbortSignal): Promise<readonly Look[]> => {
  if (civicrm === null) throw new SyncError('civicrm_missing', 'The settings have no "civicrm" section: add it, with its "url" and "apiKey".');
  const environment = { clock: systemClock, random: systemRandom, ...PATIENCE };
  const site = createCivicrm(civicrm, environment);
  const { reader } = site;
  try {
    await reader.probe(signal);
    await reader.catchUp(signal);
    return await Promise.all(
      [...audiences.values()]
        .filter(({ enabled }) => enabled)
        .map(async (audience) => {
          const picture = await readPicture(audience, createMailchimpApi(audience.account, environment), site, signal);
          const reported = await reportedRows(store, audience.listId);
          return { picture, reported, judgement: judge(picture, reported) };
        }),
    );
  } finally {
    await site.close();
  }
};

export const isInStep = ({ judgement }: Look): boolean => judgement.differences.size === 0;
