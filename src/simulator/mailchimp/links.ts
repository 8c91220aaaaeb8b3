export interface Link {
  readonly rel: string;
  readonly href: string;
  readonly method: string;
}

/** `base` with `/3.0`, `path` below it. */
export function link(base: string, rel: string, path: string, method = 'GET'): Link {
  return { rel, href: `${base}${path}`, method };
}

/** Self and parent, which every resource has. */
export function ownLinks(base: string, parent: string, self: string): Link[] {
  return [link(base, 'self', self), link(base, 'parent', parent)];
}
