import { Injectable } from '@nestjs/common';

import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { alertNameOf, alertSeverityOf } from '../alerts/alert-anomaly';
import type { Severity } from '../severity';
import { HeldKind, HeldRepository, HeldRow } from './held.repository';
import { holderOf, type Holders, nameOf, type Suppressor } from './suppression';
import { Suppressors } from './suppressors.service';

/** Something that fired and is not told of, with why and until when; `until` is null where that is over and it is told of within seconds. */
export interface HeldTrouble {
  readonly kind: HeldKind;
  /** An alert's id, or a series'. */
  readonly id: number;
  readonly title: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly heldBy: Suppressor;
  readonly heldAt: Date;
  readonly until: Date | null;
  readonly reason: string;
}

/** What is held at present. */
@Injectable()
export class HeldList {
  constructor(
    private readonly held: HeldRepository,
    private readonly suppressors: Suppressors,
  ) {}

  /** What was held last comes first. */
  async list(
    kind: HeldKind | null,
    request: PageRequest,
  ): Promise<{ held: HeldTrouble[]; pagination: Pagination }> {
    const holders = await this.suppressors.listHolders();
    const [rows, total] = await this.held.list(kind, request);
    return { held: rows.map((row) => stated(row, holders)), pagination: paginate(request, total) };
  }
}

function stated(
  { kind, id, labels, heldBy, heldAt, title, severity }: HeldRow,
  holders: Holders,
): HeldTrouble {
  const trouble = { labels, heldAt, severity: severity ?? alertSeverityOf(labels) };
  // Changes hold no alerts.
  const { suppressors, now, longestSeconds } = holders;
  const holder = holderOf(
    trouble,
    kind === 'alert' ? { suppressors, changes: [], now, longestSeconds } : holders,
  );
  const by = holder?.suppressor ?? heldBy;
  return {
    kind,
    id,
    title: title ?? alertNameOf(labels),
    severity: trouble.severity,
    labels,
    heldBy: by,
    heldAt,
    until: holder?.until ?? null,
    reason:
      holder === null
        ? `Held by ${nameOf(by)} until now; it is about to be told of`
        : `Held by ${nameOf(by)} until ${holder.until.toISOString()}`,
  };
}
