import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmFlavour } from '../../../src/simulator/civicrm/options.ts';
import { send, site } from './site.ts';

const PLACES: readonly { readonly flavour: CivicrmFlavour; readonly path: string; readonly query: string }[] = [
  { flavour: 'standalone', path: '/civicrm/ajax/api4/Contact/get', query: '' },
  { flavour: 'drupal', path: '/civicrm/ajax/api4/Contact/get', query: '' },
  { flavour: 'backdrop', path: '/civicrm/ajax/api4/Contact/get', query: '' },
  { flavour: 'wordpress', path: '/civicrm/ajax/api4/Contact/get', query: '' },
  { flavour: 'wordpress-plain', path: '/', query: 'civiwp=CiviCRM&q=civicrm/ajax/api4/Contact/get' },
  { flavour: 'joomla', path: '/index.php', query: 'option=com_civicrm&task=civicrm/ajax/api4/Contact/get' },
];
const body = new URLSearchParams({ params: '{"select":["id"],"limit":1}' }).toString();

describe('simulated CiviCRM: flavours', () => {
  for (const { flavour, path, query } of PLACES) {
    it(`${flavour} has its API at ${path}${query === '' ? '' : `?${query}`} and nowhere else`, async () => {
      const { civi } = site({ flavour });
      assert.equal((await send(civi, { path, query, body })).headers['content-type'], 'application/json');
      const other = PLACES.find((place) => place.path !== path);
      assert.equal((await send(civi, { path: other?.path ?? '', query: other?.query ?? '', body })).headers['content-type'], 'text/html; charset=UTF-8');
    });
  }
});

describe('simulated CiviCRM: versions', () => {
  it('6.15 and 6.5 have a shorter envelope, and 6.5 no error id', async () => {
    for (const version of ['6.15', '6.5'] as const) {
      const { civi } = site({ version });
      const answer = JSON.parse(String((await send(civi, { body })).body)) as object;
      assert.deepEqual(Object.keys(answer), ['values', 'entity', 'action', 'debug', 'version', 'count', 'countFetched']);
      const wrong = JSON.parse(String((await send(civi, { body: 'params={"where":[["nope","=",1]]}' })).body)) as object;
      assert.equal('error_id' in wrong, version === '6.15');
    }
  });

  it('older ones name an unknown parameter by its setter', async () => {
    for (const [version, named] of [['6.18', 'foo'], ['6.5', 'setFoo']] as const) {
      const answer = await send(site({ version }).civi, { body: 'params={"foo":1}' });
      assert.match(String(answer.body), new RegExp(`Unknown api parameter: ${named}"`));
    }
  });

  it('6.5 answers an empty batch with an empty list and an unreadable read with an empty page', async () => {
    const { civi } = site({ version: '6.5' });
    assert.equal((await send(civi, { path: '/civicrm/ajax/api4', body: 'calls=[]' })).body, '[]');
    assert.equal((await send(civi, { body: 'params={' })).body, '');
    assert.equal((await send(site().civi, { path: '/civicrm/ajax/api4', body: 'calls=[]' })).status, 500);
  });
});
