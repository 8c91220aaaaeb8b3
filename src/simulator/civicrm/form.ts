import type { SimulatedRequest } from '../service.ts';

/** Fields of a request as PHP sees them: of the form if one was posted, else of the query. A JSON body is not read (recorded). */
export function formField(request: SimulatedRequest, form: ReadonlyMap<string, string>, name: string): string | null {
  return form.get(name) ?? request.query.get(name);
}

export function postedForm(request: SimulatedRequest): ReadonlyMap<string, string> {
  const type = request.headers['content-type'] ?? '';
  if (request.method !== 'POST') return new Map();
  const body = Buffer.from(request.body).toString('utf8');
  if (type.startsWith('application/x-www-form-urlencoded')) return new Map(new URLSearchParams(body));
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/.exec(type)?.[1];
  return boundary === undefined ? new Map() : multipart(body, boundary);
}

function multipart(body: string, boundary: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of body.split(`--${boundary}`)) {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const name = /name="([^"]*)"/.exec(head)?.[1];
    if (name !== undefined) fields.set(name, rest.join('\r\n\r\n').replace(/\r\n$/, ''));
  }
  return fields;
}
