interface Unit {
  readonly symbol: string;
  readonly size: number;
}

/** Units by the ending that metric names have, largest first. */
const UNITS: Readonly<Record<string, readonly Unit[]>> = {
  seconds: [
    { symbol: 's', size: 1 },
    { symbol: 'ms', size: 1e-3 },
    { symbol: 'µs', size: 1e-6 },
  ],
  milliseconds: [
    { symbol: 's', size: 1e3 },
    { symbol: 'ms', size: 1 },
    { symbol: 'µs', size: 1e-3 },
  ],
  bytes: [
    { symbol: 'GB', size: 1024 ** 3 },
    { symbol: 'MB', size: 1024 ** 2 },
    { symbol: 'kB', size: 1024 },
    { symbol: 'B', size: 1 },
  ],
  percent: [{ symbol: '%', size: 1 }],
};
const DIGITS = 3;

/**
 * A metric's value as people say it, by the unit in which Prometheus names end.
 * Gaps    A value that is not known is `?`.
 * @example sayValue('orders_response_seconds', 0.26251) // '263 ms'
 * @example sayValue('queue_depth', 1234.5) // '1,235'
 */
export function sayValue(metric: string, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '?';
  const units = UNITS[metric.slice(metric.lastIndexOf('_') + 1)];
  if (units === undefined) return sayNumber(value);
  const unit = units.find(({ size }) => Math.abs(value) >= size) ?? units[units.length - 1];
  return `${sayNumber(value / unit.size)} ${unit.symbol}`;
}

/** Whole numbers from 1,000 on, three digits below. */
function sayNumber(value: number): string {
  const rounded = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(DIGITS));
  return Math.abs(rounded) >= 1e15
    ? rounded.toExponential(DIGITS)
    : rounded.toLocaleString('en', { maximumFractionDigits: 12 });
}
