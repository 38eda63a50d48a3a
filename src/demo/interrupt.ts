/** Somebody wants it to end: Ctrl-C, a closed terminal, a supervisor. */
export class Interrupted extends Error {
  constructor(readonly by: NodeJS.Signals) {
    super(`interrupted by ${by}`);
    this.name = 'Interrupted';
  }
}

/** What a shell reports for a process that ended on Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Aborts at the first signal, so that what was started is stopped in order; a second signal does not wait for that. */
export function abortOnSignals(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
      controller.abort(new Interrupted(signal));
    });
  }
  return controller;
}
