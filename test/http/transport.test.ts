import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createTransport, type HttpRequest } from '../../src/http/transport.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { ScriptedService } from '../support/scripted-service.ts';

const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: { Authorization: 'Basic c2VjcmV0' },
  timeout: 10_000,
  repeatable: true,
  ...more,
});

describe('transport', () => {
  const transport = createTransport();

  after(() => {
    for (const server of servers) server.close();
  });

  it('gives bytes, status and headers of an answer, whatever its status', async () => {
    const url = await listen((_incoming, outgoing) => outgoing.writeHead(418, { 'X-Kind': 'teapot' }).end('short'));
    const outcome = await transport.send(request(url));
    assert.ok(outcome.kind === 'answer');
    assert.deepEqual([outcome.status, outcome.header('x-kind'), Buffer.from(outcome.body).toString()], [418, 'teapot', 'short']);
  });

  it('sends the body and reads it back unchanged', async () => {
    const url = await listen((incoming, outgoing) => void incoming.pipe(outgoing));
    const body = '{"name":"Zoë 🪨"}';
    const outcome = await transport.send(request(url, { method: 'POST', body, repeatable: false }));
    assert.ok(outcome.kind === 'answer');
    assert.equal(Buffer.from(outcome.body).toString(), body);
  });

  it('does not follow a redirect: nobody else gets the credentials', async () => {
    let elsewhere = 0;
    const other = await listen((_incoming, outgoing) => {
      elsewhere += 1;
      outgoing.end();
    });
    const url = await listen((_incoming, outgoing) => outgoing.writeHead(301, { location: other }).end());
    const outcome = await transport.send(request(url));
    assert.ok(outcome.kind === 'answer');
    assert.deepEqual([outcome.status, elsewhere], [301, 0]);
  });

  it('tells a refused connection, a broken one, a silent service and a stopped request apart', async () => {
    const gone = await listen((_incoming, outgoing) => outgoing.end());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const breaking = await listen((incoming) => incoming.socket.resetAndDestroy());
    const silent = await listen(() => undefined);
    const stop = new AbortController();
    const stopped = transport.send(request(silent), stop.signal);
    stop.abort();
    const outcomes = [await transport.send(request(gone)), await transport.send(request(breaking)), await transport.send(request(silent, { timeout: 50 })), await stopped];
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'failure' ? outcome.reason : outcome.status)),
      ['refused', 'reset', 'timed_out', 'aborted'],
    );
    servers.at(-1)?.closeAllConnections();
  });

  it('stops a body under way when told to', async () => {
    const url = await listen((_incoming, outgoing) => void outgoing.writeHead(200).write('half'));
    const stop = new AbortController();
    const outcome = await transport.open(request(url), stop.signal);
    assert.ok(outcome.kind === 'answer');
    const read = buffer(outcome.body);
    stop.abort();
    await assert.rejects(read);
    servers.at(-1)?.closeAllConnections();
  });

  it('gives a compressed body as it came when it is to be read as a stream', async () => {
    const zipped = gzipSync('text');
    const url = await listen((_incoming, outgoing) => outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped));
    const outcome = await transport.open(request(url));
    assert.ok(outcome.kind === 'answer');
    assert.deepEqual(await buffer(outcome.body), zipped);
  });

  it('shows nothing of the request in what it gives back for a failure', async () => {
    const breaking = await listen((incoming) => incoming.socket.resetAndDestroy());
    const outcome = await transport.send(request(`${breaking}/members/wilma@example.org`));
    assert.doesNotMatch(inspect(outcome, { depth: 9, showHidden: true }), /c2VjcmV0|wilma/);
  });

  it('sends what must not be sent twice on a connection of its own', async () => {
    const connections = new Set<string>();
    const url = await listen((incoming, outgoing) => {
      connections.add(`${incoming.socket.remotePort} ${incoming.headers.connection}`);
      outgoing.end();
    });
    for (let time = 0; time < 3; time += 1) await transport.send(request(url, { method: 'POST', body: '', repeatable: false }));
    assert.equal(connections.size, 3);
  });

  it('fails in one process as it does over sockets', async () => {
    const inProcess = createTransport(inProcessAdapter(new ScriptedService({ failure: 'reset' }, { failure: 'hang' })));
    const nowhere = createTransport(inProcessAdapter(new Map()));
    const outcomes = [await inProcess.send(request('http://a.test/')), await inProcess.send(request('http://a.test/')), await nowhere.send(request('http://a.test/'))];
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'failure' ? outcome.reason : outcome.status)),
      ['reset', 'timed_out', 'refused'],
    );
  });
});
