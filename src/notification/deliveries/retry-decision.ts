/** How an attempt to tell an endpoint ended: an answer, a mail server's reply, or nothing of the kind. */
export type AttemptEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'replied'; readonly code: number; readonly text: string }
  | { readonly kind: 'lost'; readonly error: string };

/** What becomes of a delivery after an attempt. */
export type RetryDecision =
  | { readonly kind: 'delivered'; readonly but: string | null }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'give_up'; readonly reason: string }
  | { readonly kind: 'disable'; readonly reason: string };

/** Waits between attempts, in seconds; the last one from then on. */
const WAITS = [5, 30, 120, 300, 900, 1_800, 3_600, 7_200];
/** Waits differ by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;
/** Nobody can have us wait for longer than that. */
const MAX_RETRY_AFTER_MS = 3_600_000;
/** Refusals that pass: not in time, too early, too many. */
const PASSING = [408, 425, 429];
/** Of a mail server: out of turn, which says nothing of the mail. */
const BAD_SEQUENCE = 503;

/**
 * What to do after an attempt.
 * 2xx        delivered.
 * 410        the endpoint is gone: it is switched off.
 * 408, 425, 429 and 5xx, and no answer at all: tried again, not before Retry-After says so.
 * else       given up: redirects are not followed, and a receiver that refuses the message will refuse it again.
 * Mail       2xx delivered, 4xx and 503 tried again, other 5xx given up.
 * Shape   attempt: 1 for the first in a row. random: 0..1. now: what a Retry-After that names an instant is held against.
 * Source  Standard Webhooks, "Deliverability and reliability"; RFC 5321, 4.2.1.
 * @example decideRetry({ kind: 'lost', error: 'reset' }, 1, 0.5, new Date()) // retry after 5,000 ms
 */
export function decideRetry(end: AttemptEnd, attempt: number, random: number, now: Date): RetryDecision {
  if (end.kind === 'lost') return { kind: 'retry', afterMs: waitMs(attempt, random), reason: end.error };
  if (end.kind === 'replied') return afterReply(end, attempt, random);
  const { status } = end;
  if (status >= 200 && status < 300) return { kind: 'delivered', but: null };
  const reason = `the endpoint answered ${status}`;
  if (status === 410) return { kind: 'disable', reason: `${reason}: it is gone` };
  if (status < 500 && !PASSING.includes(status)) return { kind: 'give_up', reason };
  const afterMs = Math.max(waitMs(attempt, random), retryAfterMs(end.retryAfter, now));
  return { kind: 'retry', afterMs, reason };
}

function afterReply(
  { code, text }: Extract<AttemptEnd, { kind: 'replied' }>,
  attempt: number,
  random: number,
): RetryDecision {
  if (code < 400) return { kind: 'delivered', but: text === '' ? null : `not taken for ${text}` };
  const reason = `the mail server answered ${code}: ${text}`;
  if (code >= 500 && code !== BAD_SEQUENCE) return { kind: 'give_up', reason };
  return { kind: 'retry', afterMs: waitMs(attempt, random), reason };
}

function waitMs(attempt: number, random: number): number {
  const seconds = WAITS[Math.min(Math.max(attempt, 1), WAITS.length) - 1];
  return Math.round(seconds * 1_000 * (1 - JITTER + 2 * JITTER * random));
}

/** Seconds or an HTTP date; 0 where it is neither. */
function retryAfterMs(text: string | null, now: Date): number {
  if (text === null) return 0;
  const stated = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isFinite(stated) ? Math.min(Math.max(stated, 0), MAX_RETRY_AFTER_MS) : 0;
}
