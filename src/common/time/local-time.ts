const DAY_MS = 86_400_000;

/** Whether the IANA database as this process has it knows a zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What a zone's clock shows at an instant, as milliseconds of a clock in UTC that shows the same. */
export function localMs(timeZone: string, instant: number): number {
  const second = Math.floor(instant / 1_000) * 1_000;
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(second)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return shown + (instant - second);
}

/** The instants at which a zone's clock shows a local time, in their order: none where it skips it, two where it shows it twice. */
export function instantsShowing(timeZone: string, local: number): number[] {
  const candidates = offsetsAround(timeZone, local).map((offset) => local - offset);
  return [...new Set(candidates)]
    .filter((instant) => localMs(timeZone, instant) === local)
    .toSorted((a, b) => a - b);
}

/**
 * The instant at which a zone's clock shows a local time, given and returned in milliseconds: the first where it shows it twice, and as
 * much later as was skipped where it never does (RFC 5545).
 */
export function instantOf(timeZone: string, local: number): number {
  const [first] = instantsShowing(timeZone, local);
  return first ?? local - offsetsAround(timeZone, local)[0];
}

/** How far the zone's clock is ahead of UTC before and after whatever change may lie here: it does not change twice within two days. */
function offsetsAround(timeZone: string, local: number): [number, number] {
  return [offsetMs(timeZone, local - DAY_MS), offsetMs(timeZone, local + DAY_MS)];
}

function offsetMs(timeZone: string, instant: number): number {
  return localMs(timeZone, instant) - instant;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws  RangeError where there is no such zone. Kept, since making one takes longer than all else here. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
