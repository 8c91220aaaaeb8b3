import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Passes a request on unless its body is larger than `limit` bytes; that is answered with 413. An http in node that does not
 * parse its body has no limit of its own, and a middleware cannot give it one: the node reads before any other.
 */
export function limitBody(request: IncomingMessage, response: ServerResponse, limit: number, pass: () => void): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    refuse(request, response);
    return;
  }
  // A body in chunks tells no length. Listening for data here would start the stream before its reader is there.
  const push = request.push.bind(request);
  let length = 0;
  request.push = (chunk: Buffer | null, encoding) => {
    length += chunk?.length ?? 0;
    if (length <= limit) return push(chunk, encoding);
    refuse(request, response);
    return false;
  };
  pass();
}

/** Ends the connection as well: the rest of the body is not read. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(413, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end('too large');
  response.once('finish', () => request.socket.destroySoon());
}
