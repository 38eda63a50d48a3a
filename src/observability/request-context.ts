import { AsyncLocalStorage } from 'node:async_hooks';

import { Actor, SYSTEM } from '../common/actor';

/** What is known of the request in progress; audit rows and logs take it from here. */
export interface RequestContext {
  readonly requestId: string;
  readonly address: string;
  /** Set once the caller is authenticated. */
  actor: Actor;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs work on behalf of a request. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request in progress, or null where the product acts by itself (jobs, collectors, detection). */
export function findRequest(): RequestContext | null {
  return storage.getStore() ?? null;
}

/** Who acts now. */
export function currentActor(): Actor {
  return storage.getStore()?.actor ?? SYSTEM;
}
