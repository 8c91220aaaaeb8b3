import type { Kind } from '../person.ts';
import { agreeing } from './agreeing.ts';
import { data } from './data.ts';
import { failing } from './failing.ts';
import { firstSight } from './first-sight.ts';
import { interests } from './interests.ts';
import { laterWord } from './later-word.ts';
import { newcomers } from './newcomers.ts';
import { notMailable } from './not-mailable.ts';
import { sharedAddresses } from './shared-addresses.ts';

/** Every kind but the most frequent, one of each theme in turn, so that a handful of people already holds many themes. */
export const everyKind: readonly Kind[] = inTurn([laterWord, newcomers, agreeing, failing, interests, sharedAddresses, notMailable, firstSight, data]);

function inTurn(themes: readonly (readonly Kind[])[]): Kind[] {
  const longest = Math.max(...themes.map((theme) => theme.length));
  return Array.from({ length: longest }, (_, turn) => themes.flatMap((theme) => theme.slice(turn, turn + 1))).flat();
}
