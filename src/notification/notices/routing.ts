import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import type { Notice, NoticeType } from './notice';

/** What an endpoint wants to hear of. */
export interface Wish {
  readonly events: readonly NoticeType[];
  readonly minimumSeverity: Severity;
  /** Whether labels are among those it is for. */
  readonly accepts: (labels: Readonly<Record<string, string>>) => boolean;
}

/**
 * Whether an endpoint is told of a notice: its type is asked for, its severity is enough, and the labels match. What has no anomaly has
 * neither severity nor labels: it is severe enough for everybody, and matches as something without labels does.
 */
export function isWanted(notice: Notice, { events, minimumSeverity, accepts }: Wish): boolean {
  if (!events.some((type) => type === notice.type)) return false;
  if (notice.severity !== null && SEVERITIES.indexOf(notice.severity) < SEVERITIES.indexOf(minimumSeverity))
    return false;
  return accepts(notice.labels ?? {});
}
