/** Into so many slices a limit is cut. */
const SLICES = 10;

/** What becomes of a request; `unsure` where the other processes must be heard first. */
export type Turn = 'admitted' | 'refused' | 'unsure';

interface Usage {
  /** Of all processes, as of the last report. */
  total: number;
  /** Of this process: being reported, and since then. */
  reporting: number;
  unreported: number;
}

/**
 * How many requests each caller has made in the present window, as far as one of several processes knows.
 *
 * Every process admits by what all have reported and what itself has admitted since. Without hearing from the others it
 * admits at most a slice; so nobody waits for anybody but a caller in a hurry.
 * Never refuses before all processes together have admitted the limit, and together they admit at most a slice each too
 * many: `limit` where there is one process, `limit + n * slice - 1` where there are n. The last happens only to a caller
 * who makes that many requests at all of them within one report.
 * Refused requests are not counted. A new window begins with nothing.
 */
export class UsageBook {
  /** What a process admits of one caller between two reports. */
  readonly slice: number;
  private usages = new Map<string, Usage>();
  private window = -Infinity;

  constructor(readonly limit: number) {
    this.slice = Math.ceil(limit / SLICES);
  }

  /** Counts one request of a caller, if there is room for it. */
  take(caller: string, window: number): Turn {
    const usage = this.usageOf(caller, window);
    if (sum(usage) >= this.limit) return 'refused';
    if (usage.reporting + usage.unreported >= this.slice) return 'unsure';
    usage.unreported += 1;
    return 'admitted';
  }

  /** The same where nobody can be heard: each process by itself keeps to the limit. */
  takeAlone(caller: string, window: number): Turn {
    const usage = this.usageOf(caller, window);
    if (sum(usage) >= this.limit) return 'refused';
    usage.unreported += 1;
    return 'admitted';
  }

  /** How many more requests a caller may make. */
  remaining(caller: string, window: number): number {
    return Math.max(0, this.limit - sum(this.usageOf(caller, window)));
  }

  /** What the others have not been told, by caller; to be followed by `endReport` or `failReport`. */
  beginReport(window: number): { caller: string; count: number }[] {
    this.turnTo(window);
    const news: { caller: string; count: number }[] = [];
    for (const [caller, usage] of this.usages) {
      if (usage.unreported === 0) continue;
      usage.reporting = usage.unreported;
      usage.unreported = 0;
      news.push({ caller, count: usage.reporting });
    }
    return news;
  }

  /** The report has arrived: what all processes together have admitted of the callers in it. */
  endReport(window: number, totals: ReadonlyMap<string, number>): void {
    if (window !== this.window) return;
    for (const [caller, usage] of this.usages) {
      if (usage.reporting === 0) continue;
      usage.total = totals.get(caller) ?? usage.total + usage.reporting;
      usage.reporting = 0;
    }
  }

  /** The report has not arrived: the next will tell it. */
  failReport(window: number): void {
    if (window !== this.window) return;
    for (const usage of this.usages.values()) {
      usage.unreported += usage.reporting;
      usage.reporting = 0;
    }
  }

  private usageOf(caller: string, window: number): Usage {
    this.turnTo(window);
    let usage = this.usages.get(caller);
    if (usage === undefined) {
      usage = { total: 0, reporting: 0, unreported: 0 };
      this.usages.set(caller, usage);
    }
    return usage;
  }

  private turnTo(window: number): void {
    if (window === this.window) return;
    this.window = window;
    this.usages = new Map();
  }
}

function sum({ total, reporting, unreported }: Usage): number {
  return total + reporting + unreported;
}
