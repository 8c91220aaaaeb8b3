/** How long a receiver may take, in ms (facts: Mailchimp waits 10 s). */
const PATIENCE = 10_000;

/** Sends webhooks over HTTP, as Mailchimp does. Redirects are not followed. */
export class WebhookSender {
  readonly #ending = new AbortController();

  /** POSTs a webhook and tells the status of the answer; rejects when there is none. */
  post({ url, headers, body }: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }): Promise<number> {
    return this.#statusOf(url, { method: 'POST', headers, body });
  }

  /** GETs the URL of a new webhook, to see that somebody is there. */
  validate(url: string): Promise<number> {
    return this.#statusOf(url, {});
  }

  /** Gives up what is on its way. */
  end(): void {
    this.#ending.abort();
  }

  async #statusOf(url: string, request: RequestInit): Promise<number> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    await response.body?.cancel();
    return response.status;
  }
}
