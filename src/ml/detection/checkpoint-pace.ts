/** What of a group of series is not yet saved. */
export interface Unsaved {
  readonly isUnsaved: boolean;
  readonly savedAtMs: number;
  /** Samples of all groups that were stored since, and cannot be compacted before this group is saved. */
  readonly samplesUnsaved: number;
  bytesUnsaved(): number;
}

const CALM_MS = 30_000;
const BUSY_MS = 5_000;
/** Samples that wait for a group: those of half a minute at a thousand a second. */
const MANY_SAMPLES = 30_000;
/** What is written of states, at most: five thousand full ones take 80 seconds, or 40 where much waits. */
const CALM_BYTES_A_MS = 2_000;
const BUSY_BYTES_A_MS = 4_000;
/** States of this size are saved together: one transaction serves a small deployment, and a large one is saved group by group. */
const TOGETHER_BYTES = 6_000_000;

/**
 * When which groups are saved: after half a minute at the latest, or sooner where many samples wait to be compacted; those first that were
 * not saved for longest; and never so much at once or so often that the database would have more to do with states than with samples.
 */
export class CheckpointPace {
  private savedAtMs = -Infinity;
  private savedBytes = 0;

  /** The groups to save now; mostly none. */
  choose<Group extends Unsaved>(groups: readonly Group[], nowMs: number): Group[] {
    const unsaved = groups.filter(({ isUnsaved }) => isUnsaved);
    if (!unsaved.some((group) => isDue(group, nowMs)) || nowMs < this.restsUntilMs(unsaved)) return [];
    const chosen: Group[] = [];
    let bytes = 0;
    for (const group of unsaved.toSorted((a, b) => a.savedAtMs - b.savedAtMs)) {
      bytes += group.bytesUnsaved();
      if (chosen.length > 0 && bytes > TOGETHER_BYTES) break;
      chosen.push(group);
    }
    return chosen;
  }

  /** To be told once groups were saved. */
  saved(bytes: number, nowMs: number): void {
    this.savedBytes = bytes;
    this.savedAtMs = nowMs;
  }

  private restsUntilMs(unsaved: readonly Unsaved[]): number {
    const rate = unsaved.some(isBusy) ? BUSY_BYTES_A_MS : CALM_BYTES_A_MS;
    return this.savedAtMs + this.savedBytes / rate;
  }
}

function isDue(group: Unsaved, nowMs: number): boolean {
  return nowMs - group.savedAtMs >= (isBusy(group) ? BUSY_MS : CALM_MS);
}

function isBusy({ samplesUnsaved }: Unsaved): boolean {
  return samplesUnsaved >= MANY_SAMPLES;
}
