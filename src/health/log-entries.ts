const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LEVELS)[number];
export const LOG_LEVELS: readonly LogLevel[] = LEVELS;

/** One line of the log, with what every line has taken out of the rest. */
export interface LogEntry {
  readonly time: string | null;
  readonly level: LogLevel | null;
  readonly message: string;
  readonly requestId: string | null;
  readonly details: Record<string, unknown>;
}

/**
 * Reads a line of the JSON log. A line that was cut short, or is no record, stands as its own message.
 * @example readLogLine('{"level":"info","time":"2026-01-31T10:00:00.000Z","msg":"ready"}').message // 'ready'
 */
export function readLogLine(line: string): LogEntry {
  const { time, level, msg, request_id, ...details } = parseRecord(line) ?? { msg: line };
  return {
    time: textOrNull(time),
    level: LEVELS.find((known) => known === level) ?? null,
    message: textOrNull(msg) ?? '',
    requestId: textOrNull(request_id),
    details,
  };
}

/** Whether an entry is at least as severe as `least`; one of unknown level may be anything, and is kept. */
function isAtLeast(entry: LogEntry, least: LogLevel): boolean {
  return entry.level === null || LEVELS.indexOf(entry.level) >= LEVELS.indexOf(least);
}

/** The newest `count` entries that are at least as severe as `least`, oldest first. */
export function newestEntries(lines: readonly string[], least: LogLevel, count: number): LogEntry[] {
  return lines
    .map(readLogLine)
    .filter((entry) => isAtLeast(entry, least))
    .slice(-count);
}

function parseRecord(line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
