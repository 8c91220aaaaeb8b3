import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Word } from '../../src/store/entities.ts';
import { EVER, furthest, point, sameRange, WordOrder, type TieRule } from '../../src/sync/words.ts';
import { at, civicrmSays, mailchimpSays } from './samples.ts';

const order = new WordOrder(0);

/** Words of either service in the same few seconds, where ranges overlap and touch. */
const wordOf = (source: Word['source']): fc.Arbitrary<Word> =>
  fc.record({ value: fc.boolean(), since: fc.integer({ min: 0, max: 12 }), length: fc.integer({ min: 0, max: 6 }) }).map(({ value, since, length }) => ({ value, since: at(since), at: at(since + length), source }));
const anyWord = fc.oneof(wordOf('mailchimp'), wordOf('civicrm'));

describe('order of words', () => {
  it('within one service, a word is surely later when its whole range is', () => {
    assert.equal(order.surelyLater(mailchimpSays(true, 11, 12), mailchimpSays(false, 5, 10)), true);
    assert.equal(order.surelyLater(mailchimpSays(true, 10, 12), mailchimpSays(false, 5, 10)), false);
    assert.equal(order.surelyLater(mailchimpSays(true, 10), mailchimpSays(false, 10)), false);
  });

  it('between services, by more than two seconds', () => {
    assert.equal(order.surelyLater(civicrmSays(true, 12), mailchimpSays(false, 10)), false);
    assert.equal(order.surelyLater(civicrmSays(true, 13), mailchimpSays(false, 10)), true);
    assert.equal(order.surelyLater(mailchimpSays(true, 12), civicrmSays(false, 10)), false);
    assert.equal(order.surelyLater(mailchimpSays(true, 13), civicrmSays(false, 10)), true);
  });

  it('a clock that is off is corrected, below a second it is noise', () => {
    const ahead = new WordOrder(60_000);
    assert.equal(ahead.surelyLater(civicrmSays(true, 62), mailchimpSays(false, 0)), false);
    assert.equal(ahead.surelyLater(civicrmSays(true, 63), mailchimpSays(false, 0)), true);
    assert.equal(ahead.surelyLater(mailchimpSays(true, 3), civicrmSays(false, 60)), true);
    assert.equal(new WordOrder(1000).surelyLater(civicrmSays(true, 3), mailchimpSays(false, 0)), true);
    assert.equal(new WordOrder(1001).surelyLater(civicrmSays(true, 3), mailchimpSays(false, 0)), false);
  });

  it('neither surely later: what mails less; both say the same: the one that may reach later', () => {
    const yes = mailchimpSays(true, 10);
    const no = civicrmSays(false, 9);
    assert.equal(order.later(yes, no), no);
    assert.equal(order.later(no, yes), no);
    assert.equal(order.unclear(yes, no), true);
    const longer = mailchimpSays(true, 5, 11);
    assert.equal(order.later(longer, yes), longer);
    assert.equal(order.unclear(longer, yes), false);
    assert.equal(order.later(undefined, yes), yes);
    assert.equal(order.later(yes, undefined), yes);
  });

  const ties: readonly (readonly [TieRule, Word, Word, 'mailchimp' | 'civicrm'])[] = [
    ['mailsLess', mailchimpSays(true, 10), civicrmSays(false, 10), 'civicrm'],
    ['mailsLess', mailchimpSays(false, 10), civicrmSays(true, 10), 'mailchimp'],
    ['CiviCRM', mailchimpSays(false, 10), civicrmSays(true, 10), 'civicrm'],
    ['Mailchimp', mailchimpSays(true, 10), civicrmSays(false, 10), 'mailchimp'],
    ['latest', mailchimpSays(true, 11), civicrmSays(false, 10), 'mailchimp'],
    ['latest', mailchimpSays(true, 10), civicrmSays(false, 10), 'civicrm'],
    ['latest', mailchimpSays(false, 0, 11), civicrmSays(true, 10), 'mailchimp'],
    // No tie: who is surely later wins whatever the rule.
    ['CiviCRM', mailchimpSays(false, 20), civicrmSays(true, 10), 'mailchimp'],
    ['Mailchimp', mailchimpSays(true, 10), civicrmSays(false, 20), 'civicrm'],
  ];
  for (const [rule, mailchimp, civicrm, winner] of ties)
    it(`onTie ${rule}: Mailchimp ${String(mailchimp.value)} at ${(mailchimp.at - at(0)) / 1000}, CiviCRM ${String(civicrm.value)} at ${(civicrm.at - at(0)) / 1000}: ${winner}`, () => {
      assert.equal(order.decide(mailchimp, civicrm, rule)?.source, winner);
    });

  it('onTie "latest" compares upper ends with the clocks corrected', () => {
    assert.equal(new WordOrder(60_000).decide(mailchimpSays(true, 10), civicrmSays(false, 69), 'latest')?.source, 'mailchimp');
  });

  it('where one side has said nothing, the other counts', () => {
    const word = civicrmSays(true, 1);
    assert.equal(order.decide(undefined, word, 'Mailchimp'), word);
    assert.equal(order.decide(word, undefined, 'latest'), word);
    assert.equal(order.decide(undefined, undefined, 'mailsLess'), undefined);
  });

  it('of two removals of different services, neither surely later, what is to outdo them must be later by the tolerance', () => {
    const removal = order.removalToOutdo(mailchimpSays(false, 10), civicrmSays(false, 9));
    assert.ok(removal);
    assert.equal(order.surelyLater(mailchimpSays(true, 12), removal), false);
    assert.equal(order.surelyLater(mailchimpSays(true, 13), removal), true);
    const clear = order.removalToOutdo(mailchimpSays(false, 20), civicrmSays(false, 10));
    assert.equal(clear?.source, 'mailchimp');
    assert.equal(order.removalToOutdo(undefined, clear), clear);
  });

  it('the furthest of several words is the first of those that reach furthest', () => {
    const words = [mailchimpSays(true, 1), mailchimpSays(false, 0, 5), mailchimpSays(true, 5)];
    assert.equal(furthest([undefined, ...words]), words[1]);
    assert.equal(furthest([undefined]), undefined);
  });

  it('ranges are the same when both ends are', () => {
    assert.equal(sameRange(mailchimpSays(true, 1, 2), civicrmSays(false, 1, 2)), true);
    assert.equal(sameRange(mailchimpSays(true, 1, 2), mailchimpSays(true, 1, 3)), false);
    assert.deepEqual(point(true, 5, 'civicrm'), { value: true, since: 5, at: 5, source: 'civicrm' });
    assert.ok(EVER < 0);
  });
});

describe('order of words, for any words', () => {
  it('surely later is a strict order within one service', () => {
    fc.assert(
      fc.property(wordOf('mailchimp'), wordOf('mailchimp'), wordOf('mailchimp'), (one, other, third) => {
        assert.ok(!order.surelyLater(one, one));
        assert.ok(!(order.surelyLater(one, other) && order.surelyLater(other, one)));
        if (order.surelyLater(one, other) && order.surelyLater(other, third)) assert.ok(order.surelyLater(one, third));
      }),
    );
  });

  it('between services it is never both ways, however far a clock is off', () => {
    fc.assert(
      fc.property(anyWord, anyWord, fc.integer({ min: -100_000, max: 100_000 }), (one, other, ahead) => {
        const skewed = new WordOrder(ahead);
        assert.ok(!(skewed.surelyLater(one, other) && skewed.surelyLater(other, one)));
      }),
    );
  });

  it('the later of two words says the same whichever comes first, and a yes never wins over a no that is not surely earlier', () => {
    fc.assert(
      fc.property(anyWord, anyWord, (one, other) => {
        const winner = order.later(one, other);
        assert.equal(winner.value, order.later(other, one).value);
        const loser = winner === one ? other : one;
        if (winner.value && !loser.value) assert.ok(order.surelyLater(winner, loser));
      }),
    );
  });

  it('what outdoes a removal to outdo outdoes both', () => {
    fc.assert(
      fc.property(anyWord, anyWord, anyWord, (one, other, yes) => {
        const removal = order.removalToOutdo({ ...one, value: false }, { ...other, value: false })!;
        if (yes.source === 'mailchimp' && order.surelyLater(yes, removal)) {
          assert.ok(!order.surelyLater(one, yes));
          assert.ok(!order.surelyLater(other, yes));
        }
      }),
    );
  });
});
