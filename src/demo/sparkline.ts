const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** The lowest and highest value within a stretch of time. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly min: number;
  readonly max: number;
}

/** A stretch of time to be marked. */
export interface Mark {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The value to draw for each of `columns` equal stretches of time, NaN where there is no sample.
 * Shape   spans in the order of time. Of a stretch's lowest and highest value the one farther from the middle is drawn: a dip must
 *         not hide behind an ordinary maximum, nor a spike behind a mean.
 * @example columnsOf([{ startMs: 0, endMs: 10, min: 1, max: 9 }], 2) // [9, 9]
 */
export function columnsOf(spans: readonly Span[], columns: number): number[] {
  if (spans.length === 0) return Array.from({ length: columns }, () => NaN);
  const fromMs = spans[0].startMs;
  const widthMs = (spans[spans.length - 1].endMs - fromMs) / columns;
  const middles = spans.map(({ min, max }) => min / 2 + max / 2).sort((a, b) => a - b);
  const middle = middles[middles.length >> 1];
  const values = Array.from({ length: columns }, () => NaN);
  for (const { startMs, endMs, min, max } of spans) {
    const value = max - middle >= middle - min ? max : min;
    const first = Math.floor((startMs - fromMs) / widthMs);
    const last = Math.min(columns - 1, Math.max(first, Math.ceil((endMs - fromMs) / widthMs) - 1));
    for (let column = first; column <= last; column += 1) {
      const drawn = values[column];
      if (Number.isNaN(drawn) || Math.abs(value - middle) > Math.abs(drawn - middle)) values[column] = value;
    }
  }
  return values;
}

/**
 * A small chart of block characters, highest line first.
 * Shape   One column a value, NaN an empty one; `height` lines of eight steps each. The least value still shows as one step, so that
 *         a low value differs from none; a constant series is drawn in the middle.
 * @example sparkline([0, 1, 2], 1) // ['▁▅█']
 */
export function sparkline(values: readonly number[], height: number): string[] {
  const known = values.filter((value) => Number.isFinite(value));
  const least = known.reduce((a, b) => Math.min(a, b), Infinity);
  const most = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const steps = height * 8;
  const stepsOf = (value: number): number => {
    if (!Number.isFinite(value)) return 0;
    const share = most > least ? (value - least) / (most - least) : 0.5;
    return 1 + Math.round(share * (steps - 1));
  };
  const heights = values.map(stepsOf);
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * 8;
    return heights.map((total) => EIGHTHS[Math.min(8, Math.max(0, total - below))]).join('');
  });
}

/**
 * A line that points at the marked stretches of a chart with the same columns; a short one still gets a character.
 * @example markLine([{ fromMs: 0, toMs: 1 }], 0, 10, 10) // '▲'
 */
export function markLine(marks: readonly Mark[], fromMs: number, toMs: number, columns: number): string {
  const column = (timeMs: number): number =>
    Math.min(columns - 1, Math.max(0, Math.floor(((timeMs - fromMs) / (toMs - fromMs)) * columns)));
  const line = Array.from({ length: columns }, () => ' ');
  for (const mark of marks) line.fill('▲', column(mark.fromMs), column(mark.toMs) + 1);
  return line.join('').trimEnd();
}
