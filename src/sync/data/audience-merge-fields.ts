import type { MergeField } from '../../mailchimp/api.ts';
import type { AudienceContext } from '../stage.ts';
import { mergeTagOf, type Data } from './datum.ts';

/** The audience's own merge fields, by tag. */
export const audienceMergeFields = async ({ settings, mailchimp }: AudienceContext, signal?: AbortSignal): Promise<ReadonlyMap<string, MergeField>> =>
  new Map((await mailchimp.mergeFields(settings.listId, signal)).map((field) => [field.tag, field]));

/** What a merge tag that the audience does not have is told as: Mailchimp would swallow it silently. */
export const unknownFields = ({ settings }: AudienceContext, unknown: readonly string[], known: Iterable<string>): string =>
  `the audience ${settings.listId} has no merge field ${unknown.join(', ')}; it has ${[...known].join(', ')}.`;

/** Leaves merge fields out of what a hook wants that the audience does not have, and tells each once. They are sent once the audience has them. */
export class KnownMergeFields {
  readonly #context: AudienceContext;
  readonly #hook: string;
  readonly #told = new Set<string>();
  #tags: Promise<ReadonlyMap<string, MergeField>> | undefined;

  constructor(context: AudienceContext, hook: string) {
    this.#context = context;
    this.#hook = hook;
  }

  async only(wants: Data, signal: AbortSignal): Promise<Data> {
    const asked = Object.keys(wants).flatMap((key) => mergeTagOf(key) ?? []);
    if (asked.length === 0) return wants;
    this.#tags ??= audienceMergeFields(this.#context, signal);
    const tags = await this.#tags;
    const unknown = asked.filter((tag) => !tags.has(tag));
    const untold = unknown.filter((tag) => !this.#told.has(tag));
    if (untold.length > 0) this.#context.log(`${unknownFields(this.#context, untold, tags.keys())} The hook "${this.#hook}" sets it: correct the hook, or add the field at Mailchimp.`);
    for (const tag of untold) this.#told.add(tag);
    return Object.fromEntries(Object.entries(wants).filter(([key]) => !unknown.includes(mergeTagOf(key) ?? '')));
  }
}
