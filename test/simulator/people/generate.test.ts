import assert from 'node:assert/strict';
import { countsByKind, generatePeople, PAST, type NamedPerson } from '../../../src/simulator/people/generate.ts';
import { inStep } from '../../../src/simulator/people/kinds/agreeing.ts';
import { everyKind } from '../../../src/simulator/people/kinds/every-kind.ts';
import { looksFake } from '../../../src/simulator/mailchimp/address.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const generate = (people: number, seed = 1): NamedPerson[] => generatePeople({ people, seed, now: NOW });

describe('the generator of people', () => {
  it('makes as many people as asked for, in the counts that it tells', () => {
    for (const people of [0, 1, 5, 20, 99, 100, 250, 5000]) {
      const made = Map.groupBy(generate(people), ({ kind }) => kind);
      for (const [kind, count] of countsByKind(people)) assert.equal(made.get(kind)?.length ?? 0, count, `${people}: ${kind.name}`);
      assert.equal([...countsByKind(people).values()].reduce((sum, count) => sum + count, 0), people);
    }
  });

  it('holds every kind from 100 people on', () => {
    for (const people of [100, 101, 333]) {
      const counts = countsByKind(people);
      for (const kind of everyKind) assert.ok((counts.get(kind) ?? 0) >= 1, `${people}: ${kind.name}`);
    }
  });

  it('makes most people in step, and as many of each other kind', () => {
    const counts = countsByKind(5000);
    assert.ok((counts.get(inStep) ?? 0) >= 3500);
    assert.equal(new Set(everyKind.map((kind) => counts.get(kind))).size, 1);
  });

  it('makes the kinds of a handful of people out of several themes', () => {
    assert.deepEqual(
      [...countsByKind(5)].map(([kind, count]) => [kind.name, count]),
      [
        ['unsubscribed after Added', 1],
        ['subscribed, unknown to CiviCRM', 1],
        ['out on both sides', 1],
        ['in step', 2],
      ],
    );
  });

  it('names each kind once, and tells what must come out', () => {
    const kinds = [inStep, ...everyKind];
    assert.equal(new Set(kinds.map(({ name }) => name)).size, kinds.length);
    for (const { name, tells } of kinds) assert.match(tells, /[.`]$/, name);
  });

  it('makes the same people from the same seed, others from another', () => {
    assert.deepEqual(generate(200), generate(200));
    assert.notDeepEqual(generate(200, 2), generate(200));
  });

  it('gives no two people an address, whatever its capitals', () => {
    const owners = new Map<string, number>();
    generate(1000).forEach(({ plan }, person) => {
      const addresses = [...plan.members.map(({ address }) => address), ...plan.contacts.flatMap(({ emails }) => emails.map(({ address }) => address))];
      for (const address of addresses) assert.equal(owners.set(address.toLowerCase(), owners.get(address.toLowerCase()) ?? person).get(address.toLowerCase()), person);
    });
  });

  it('gives only addresses that can belong to nobody, and fake ones where the kind says so', () => {
    for (const { kind, plan } of generate(1000)) {
      for (const { emails } of plan.contacts)
        for (const { address } of emails) {
          assert.match(address, /^[a-z.\d-]+@([a-z]+\.)?example\.(org|net|com)$/);
          assert.equal(looksFake(address), kind.name === 'Added with a fake address');
        }
    }
  });

  it('spreads dates in whole seconds over the two years before, none within the last day', () => {
    const dates = generate(1000).flatMap(({ plan }) => [
      ...plan.members.flatMap(({ optedIn, changed }) => [optedIn, changed]),
      ...plan.contacts.flatMap(({ group, interestGroup }) => [...group.past, ...interestGroup.past].map(([, date]) => date)),
    ]);
    assert.ok(dates.every((date) => date % 1000 === 0));
    assert.ok(Math.min(...dates) >= NOW - PAST - DAY);
    assert.ok(Math.max(...dates) <= NOW - DAY + 3_600_000);
    assert.ok(Math.max(...dates) - Math.min(...dates) > PAST * 0.95);
  });

  it("tells each contact's history in its order, and opts in no later than the last change", () => {
    for (const { kind, plan } of generate(1000)) {
      for (const { group, interestGroup } of plan.contacts)
        for (const { past } of [group, interestGroup]) assert.deepEqual([...past].sort(([, one], [, other]) => one - other), past, kind.name);
      for (const { optedIn, changed } of plan.members) assert.ok(optedIn <= changed, kind.name);
    }
  });
});
