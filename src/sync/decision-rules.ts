import { clockDifference } from './clock-difference.ts';
import type { DecisionRules } from './decision.ts';
import type { AudienceContext } from './stage.ts';
import { WordOrder } from './words.ts';

/** What decisions of an audience are made by now. */
export const decisionRules = (context: AudienceContext, withData: boolean): DecisionRules => ({
  settings: context.settings,
  order: new WordOrder(clockDifference(context)),
  withData,
  now: { mailchimp: context.clock.now() + context.mailchimp.clockOffset(), civicrm: context.civicrm.now() },
});
