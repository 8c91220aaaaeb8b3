/** How long a receiver may take, in ms (facts: Mailchimp waits 10 s). */
const PATIENCE = 10_000;

/** POSTs a webhook and tells the status of the answer; rejects when there is none. Redirects are not followed. */
export async function sendWebhook(post: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }): Promise<number> {
  return statusOf(await fetch(post.url, { method: 'POST', headers: post.headers, body: post.body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) }));
}

/** GETs the URL of a new webhook, as Mailchimp does to see that somebody is there. */
export async function validateWebhook(url: string): Promise<number> {
  return statusOf(await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) }));
}

async function statusOf(response: Response): Promise<number> {
  await response.body?.cancel();
  return response.status;
}
