/** Work that is looked for again and again, one look at a time: a look that is due while another goes on is that other. */
export class RegularLook {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  /** `onError` hears of a look that failed; the next comes all the same. */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Looks every so often, from the first such time on. */
  begin(everyMs: number): void {
    this.timer = setInterval(() => this.lookNow(), everyMs);
  }

  lookNow(): void {
    this.looking ??= this.look()
      .catch((error: unknown) => this.onError(error as Error))
      .finally(() => {
        this.looking = null;
      });
  }

  /** Looks no more; returns when the last look has ended. */
  async end(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.looking;
  }
}

/** Does something for each, one after the other; one that fails keeps no other from it. */
export async function forEachAlone<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
  onError: (error: Error) => void,
): Promise<void> {
  for (const item of items) await work(item).catch((error: unknown) => onError(error as Error));
}
