/**
 * What keeps a queued step from being claimed, each as a condition of SQL that holds where it does not: over `step`, `action`, `target`,
 * `limits` and `breaker` (null where its target never failed). The claim asks for all of them in one statement, so that no process can
 * pass between looking and taking; who asks why a step waits is answered by the very same text.
 */
export const RAILS = {
  frozen: 'limits.frozen_at IS NULL',
  // By the time of the statement: that of its transaction may be from before it had its turn. What nobody has worked out yet holds, too.
  freeze_calendar: `NOT EXISTS (
    SELECT FROM remediation_freeze_calendars AS calendar
    WHERE calendar.is_enabled AND (calendar.target_groups = '[]' OR calendar.target_groups ? target."group")
      AND (calendar.known_until <= statement_timestamp() OR EXISTS (
        SELECT FROM remediation_freeze_periods AS period
        WHERE period.calendar_id = calendar.id AND period.starts_at <= statement_timestamp() AND period.ends_at > statement_timestamp()))
  )`,
  cancelled: `action.status = 'in_progress' AND action.cancel_requested_at IS NULL`,
  expired: 'step.start_before > now()',
  // Used by its first claim; from then on it has done its work, for this plan alone.
  approval: `(
    SELECT count(*) >= action.approvals_required AND count(*) > 0 OR bool_or(by_kind IN ('policy', 'rollback', 'autonomy'))
    FROM remediation_approvals AS approval
    WHERE approval.action_id = action.id AND approval.plan_hash = action.plan_hash AND approval.voided_at IS NULL
      AND (action.first_claimed_at IS NOT NULL OR approval.used_at IS NULL AND approval.expires_at > now())
  )`,
  // What began by itself waits where its cell has lost its trust since; whoever follows the evidence stops it.
  trust: `NOT EXISTS (
    SELECT FROM autonomy_decisions AS begun JOIN remediation_evidence AS evidence
      ON evidence.action_type = begun.action_type AND evidence.anomaly_class = begun.anomaly_class AND evidence.target_group = begun.target_group
        AND evidence.remedy = begun.remedy AND evidence.id > begun.evidence_id AND evidence.outcome IN ('made_worse', 'revoked')
    WHERE begun.action_id = action.id AND begun.outcome = 'begun' AND action.first_claimed_at IS NULL
  )`,
  target_changed: 'target.version = step.target_version',
  protected: 'NOT target.is_protected',
  blast_radius: `step.radius_count <= limits.max_radius_count AND coalesce(step.radius_percent, 0) <= limits.max_radius_percent`,
  breaker: 'coalesce(breaker.open_until <= now(), true)',
  target_busy: `NOT EXISTS (SELECT FROM remediation_steps AS other WHERE other.target_id = step.target_id AND other.state = 'dispatching')`,
  concurrency: `(SELECT count(*) FROM remediation_steps AS other WHERE other.state = 'dispatching') < limits.max_concurrent`,
  // What takes an action back waits neither for what it has done to cool down, nor for what else takes it back.
  cooldown: `NOT EXISTS (
    SELECT FROM remediation_steps AS other JOIN remediation_actions AS done ON done.id = other.action_id
    WHERE other.target_id = step.target_id AND other.action_id <> step.action_id
      AND (action.rollback_of IS NULL OR action.rollback_of <> done.id AND action.rollback_of IS DISTINCT FROM done.rollback_of)
      AND other.claimed_at > now() - make_interval(secs => coalesce(target.cooldown_seconds, limits.cooldown_seconds)))`,
  // Retries and later steps of what has begun are not counted again.
  target_budget: `(
    SELECT count(DISTINCT other.action_id) FROM remediation_steps AS other
    WHERE other.target_id = step.target_id AND other.action_id <> step.action_id AND other.claimed_at > now() - interval '1 hour'
  ) < coalesce(target.hourly_budget, limits.actions_per_hour_per_target)`,
  budget: `(action.first_claimed_at IS NOT NULL OR (
    SELECT count(*) FROM remediation_actions AS other WHERE other.first_claimed_at > now() - interval '1 hour'
  ) < limits.actions_per_hour)`,
} as const satisfies Record<string, string>;

export type Rail = keyof typeof RAILS;

/** What each says to people. */
export const RAIL_WORDS = {
  frozen: 'remediation is frozen',
  freeze_calendar: 'a freeze calendar is in force',
  cancelled: 'it is being cancelled',
  expired: 'its time to begin is over',
  approval: 'it has no valid approval of this plan',
  trust: 'it began by itself, and the trust that let it has been lost since',
  target_changed: 'the settings of its target have changed since it was planned',
  protected: 'its target is protected',
  blast_radius: 'it would touch more at once than the cap allows',
  breaker: 'its target has failed repeatedly, and nothing is done there for a while',
  target_busy: 'another step is being done to its target',
  concurrency: 'as many steps as may run at once are running',
  cooldown: 'something was done to its target a short while ago',
  target_budget: 'its target has had as many actions within the hour as it may have',
  budget: 'as many actions as there may be within the hour have begun',
} as const satisfies Record<Rail, string>;

/** Those that say that remediation itself runs wild, and are told of as an anomaly. */
export const TRIPPING_RAILS = [
  'breaker',
  'blast_radius',
  'cooldown',
  'target_budget',
  'budget',
] as const satisfies readonly Rail[];
export type TrippingRail = (typeof TRIPPING_RAILS)[number];

/** Why a step waits, in words; what stops it for good before what will pass. */
export function describeRails(rails: readonly Rail[]): string {
  return rails.map((rail) => RAIL_WORDS[rail]).join('; ');
}
