import assert from 'node:assert/strict';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { SimulatorClock } from '../../src/simulator/clock.ts';
import { serve, type ServedService, type ServeOptions } from '../../src/simulator/server.ts';
import type { SimulatedRequest, SimulatedService } from '../../src/simulator/service.ts';

type Handle = SimulatedService['handle'];

/** Answers what it was asked. */
const echo: Handle = ({ method, path, query, headers, body }) =>
  Promise.resolve({
    status: 201,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method, path, query: [...query], token: headers['x-token'], body: new TextDecoder().decode(body) }),
  });

describe('the server of a simulated service', () => {
  let served: ServedService;

  const start = async (handle: Handle, options: Partial<ServeOptions> = {}): Promise<void> => {
    served = await serve({ handle }, { clock: new SimulatorClock(), ...options });
  };

  afterEach(async () => served.close());

  it('hands a request over as it came: path still encoded, query, headers in lower case, body', async () => {
    await start(echo);
    const response = await fetch(`${served.url}/lists/a%40b?count=10&fields=a,b`, { method: 'POST', headers: { 'X-Token': 't' }, body: 'name=Zoë' });
    assert.equal(response.status, 201);
    assert.deepEqual(await response.json(), {
      method: 'POST',
      path: '/lists/a%40b',
      query: [
        ['count', '10'],
        ['fields', 'a,b'],
      ],
      token: 't',
      body: 'name=Zoë',
    });
  });

  it('listens on 127.0.0.1 alone', async () => {
    await start(echo);
    assert.equal(served.url, `http://127.0.0.1:${served.port}`);
    await assert.rejects(fetch(`http://[::1]:${served.port}/`));
  });

  it("dates its answers by the simulators' clock", async () => {
    const clock = new SimulatorClock();
    clock.freeze(Date.UTC(2024, 1, 29, 12));
    await start(echo, { clock });
    const response = await fetch(served.url);
    assert.equal(response.headers.get('date'), 'Thu, 29 Feb 2024 12:00:00 GMT');
  });

  it('answers 413 to a body beyond its bound, and never shows it to the service', async () => {
    const seen: SimulatedRequest[] = [];
    await start((request) => (seen.push(request), echo(request)), { largestBody: 1000 });
    const response = await fetch(served.url, { method: 'POST', body: 'x'.repeat(1001) });
    assert.equal(response.status, 413);
    assert.deepEqual(seen, []);
    assert.equal((await fetch(served.url, { method: 'POST', body: 'x'.repeat(1000) })).status, 201);
  });

  it('cuts the connection for `reset`', async () => {
    await start(() => Promise.resolve({ failure: 'reset' }));
    const { code } = await failureOf(served.url);
    assert.equal(code, 'ECONNRESET');
  });

  it('never answers for `hang`, and closes all the same', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await start(() => {
      arrive();
      return Promise.resolve({ failure: 'hang' });
    });
    const failure = failureOf(served.url);
    await arrived;
    await served.close();
    assert.equal((await failure).code, 'ECONNRESET');
    // Another one for the hook that closes it.
    await start(echo);
  });

  it('keeps a connection open for the next request', async () => {
    await start(echo);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await portOf(served.url, agent);
    assert.equal(await portOf(served.url, agent), first);
    agent.destroy();
  });

  it('answers 500 with the reason when the service throws', async () => {
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = () => true;
    try {
      await start(() => Promise.reject(new Error('a slip of the simulator')));
      const response = await fetch(served.url);
      assert.equal(response.status, 500);
      assert.match(await response.text(), /a slip of the simulator/);
    } finally {
      process.stderr.write = write;
    }
  });

  it('rejects when its port is taken', async () => {
    await start(echo);
    await assert.rejects(serve({ handle: echo }, { clock: new SimulatorClock(), port: served.port }), { code: 'EADDRINUSE' });
  });

  it('counts requests by kind, without ids and addresses', async () => {
    await start(echo);
    for (const path of ['/3.0/lists/a0d1e2c3b4/members/9e107d9d372bb6826bd81d3542a419d6', '/3.0/lists/a0d1e2c3b4/members/who@example.org', '/civicrm/ajax/api4/Contact/get']) {
      await (await fetch(`${served.url}${path}`)).text();
    }
    assert.deepEqual(served.requests.counts(), { 'GET /3.0/lists/:id/members/:id': 2, 'GET /civicrm/ajax/api4/Contact/get': 1 });
    assert.equal(served.requests.total(), 3);
  });
});

/** The error that a request ends in. */
const failureOf = (url: string): Promise<NodeJS.ErrnoException> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { agent: false }, () => reject(new Error('it was answered')))
      .on('error', resolve)
      .end();
  });

/** The client's port of a request's connection. */
const portOf = (url: string, agent: Agent): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { agent }, (response: IncomingMessage) => {
      const { localPort } = response.socket;
      response.resume().on('end', () => setImmediate(() => resolve(localPort)));
    })
      .on('error', reject)
      .end();
  });
