import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { Log } from '../../observability/log';
import { ActionMoves } from '../actions/action-moves.service';
import { ExecutionService } from '../execution/execution.service';
import { CellNotFound } from './autonomy.errors';
import { AutonomyHistoryRepository } from './autonomy-history.repository';
import { AutonomySettingsRepository } from './autonomy-settings.repository';
import { type Cell, cellTitle } from './cell';
import { CellRepository } from './cell.repository';
import { climb, losesAll, type Standing } from './ladder';
import { isAbove } from './level';

/** What follows when a cell earns or loses trust. The level itself is kept nowhere: evidence alone says it. */
@Injectable()
export class TrustService {
  constructor(
    private readonly cells: CellRepository,
    private readonly settings: AutonomySettingsRepository,
    private readonly history: AutonomyHistoryRepository,
    private readonly execution: ExecutionService,
    private readonly moves: ActionMoves,
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Tells what an action's evidence did to its cell, once; where all trust is lost, what the product let begin there is stopped. */
  learn(actionId: number): Promise<void> {
    return this.database.run(async () => {
      await this.cells.lock();
      const found = await this.cells.findByAction(actionId);
      if (found !== null) await this.follow(found.cell, found.evidenceId);
    });
  }

  /** Takes a cell's trust away; counting begins anew. Throws  CellNotFound. Publishes autonomy.changed where it had any level. */
  revoke(cell: Cell, reason: string): Promise<Standing> {
    return this.database.run(async () => {
      await this.cells.lock();
      if ((await this.cells.listEvidence(cell)).length === 0) throw new CellNotFound(cell);
      const evidenceId = await this.cells.revoke(cell);
      await this.audit.record({
        action: 'remediation.autonomy_revoked',
        subjectType: 'autonomy_cell',
        subjectId: cellTitle(cell),
        after: { ...cell, reason, evidence_id: evidenceId },
      });
      await this.follow(cell, evidenceId);
      return climb(await this.cells.listEvidence(cell), await this.settings.read());
    });
  }

  private async follow(cell: Cell, evidenceId: number): Promise<void> {
    const terms = await this.settings.read();
    const after = await this.cells.listEvidence(cell, evidenceId);
    const from = climb(await this.cells.listEvidence(cell, evidenceId - 1), terms).level;
    const to = climb(after, terms).level;
    if (from !== to) await this.tell(cell, evidenceId, from, to);
    const last = after.at(-1);
    if (last !== undefined && losesAll(last.outcome)) await this.stopUnbegun(cell, last.outcome);
  }

  private async tell(
    cell: Cell,
    evidenceId: number,
    fromLevel: Standing['level'],
    toLevel: Standing['level'],
  ): Promise<void> {
    const isPromotion = isAbove(toLevel, fromLevel);
    const { actionType, remedy, anomalyClass, targetGroup } = cell;
    const change = {
      evidenceId,
      actionType,
      remedy,
      anomalyClass,
      targetGroup,
      fromLevel,
      toLevel,
      isPromotion,
    };
    if (!(await this.history.keepChange(change))) return;
    await this.audit.record({
      action: `remediation.autonomy_${isPromotion ? 'promoted' : 'demoted'}`,
      subjectType: 'autonomy_cell',
      subjectId: cellTitle(cell),
      before: { level: fromLevel },
      after: { level: toLevel, evidence_id: evidenceId },
    });
    await this.events.publish('autonomy.changed', {
      actionType,
      remedy,
      anomalyClass,
      targetGroup,
      level: toLevel,
    });
    this.database.afterCommit(() =>
      this.log.info(
        { cell: cellTitle(cell), from: fromLevel, to: toLevel },
        isPromotion ? 'a cell has earned more autonomy' : 'a cell has lost autonomy',
      ),
    );
  }

  /** The claim holds these up already; here they end. What has begun meanwhile goes on as anything that has begun. */
  private async stopUnbegun(cell: Cell, outcome: string): Promise<void> {
    for (const id of await this.history.listUnbegun(cell)) {
      await this.moves.tell(
        id,
        'trust_lost',
        `It began by itself, and its cell has lost that trust: ${outcome}`,
      );
      try {
        await this.execution.cancel(id);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
  }
}
