/** Segments after which a path names a thing of its own, and what stands for its name. */
const NAMED: Readonly<Record<string, string>> = {
  lists: 'list',
  members: 'member',
  batches: 'batch',
  'interest-categories': 'category',
  interests: 'interest',
  tags: 'tag',
  webhooks: 'webhook',
  'batch-webhooks': 'batch webhook',
  'merge-fields': 'merge field',
};

/** A path for messages: nobody's address or hash is in it (`/lists/{list}/members/{member}/tags`). */
export function pathTemplate(path: string): string {
  const segments = path.split('/');
  return segments.map((segment, at) => (segment === '' ? segment : (placeholder(segments[at - 1]) ?? segment))).join('/');
}

const placeholder = (parent: string | undefined): string | undefined => {
  const name = parent === undefined || !Object.hasOwn(NAMED, parent) ? undefined : NAMED[parent];
  return name === undefined ? undefined : `{${name}}`;
};

/** The kind under which a call is counted: `GET members`, `PATCH member`, `POST tags`. */
export function callKind(method: string, path: string): string {
  const last = pathTemplate(path).split('/').at(-1) ?? '';
  return `${method} ${last.replace(/[{}]/g, '')}`;
}
