import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { Measurements } from '../../telemetry/measurements.service';
import type { RemediationAction } from '../actions/action.entity';
import { entryOf } from '../policy/catalogue';
import type { Verification } from '../policy/catalogue-entry';
import { TargetService } from '../targets/target.service';
import type { Symptom } from './symptom';
import type { VerificationTerms } from './verification-terms';

/** An episode ends about a minute after its series is as usual again, and some remedies take a while to show. */
const ANOMALY_TIMEOUT_SECONDS = 600;
/** Where the catalogue says what to look at, it is looked for among what was measured so recently. */
const RECENT_MS = 15 * 60_000;
const CATALOGUE_STEP_SECONDS = 10;

type Labels = Readonly<Record<string, string>>;

/** Chooses what shows whether an action has helped: what was declared, else what the catalogue says, else its anomaly, else nothing. */
@Injectable()
export class SymptomChooser {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly measurements: Measurements,
    private readonly targets: TargetService,
  ) {}

  async choose(action: RemediationAction, nowMs: number): Promise<Symptom> {
    if (action.rollbackOf !== null)
      return nothing('It takes another action back, and was not meant to help by itself');
    const anomaly = action.anomalyId === null ? null : await this.anomalies.find(action.anomalyId);
    if (action.verify !== null) return this.declared(action.verify, anomaly);
    const { verification } = entryOf(action.actionType);
    if (verification === 'nothing') return nothing(`${action.actionType} is not meant to end anything`);
    if (verification !== 'anomaly') {
      const terms = await this.ofCatalogue(verification, action.targetId, nowMs);
      if (terms !== null) return { kind: 'condition', terms };
    }
    if (anomaly === null)
      return nothing('It is for no anomaly, and nobody declared what shows that it helped');
    if (anomaly.seriesId === null && anomaly.alertId === null)
      return nothing('Its anomaly was reported by hand, and does not end by itself');
    return { kind: 'anomaly', timeoutSeconds: ANOMALY_TIMEOUT_SECONDS, severity: anomaly.severity };
  }

  private declared(
    terms: VerificationTerms,
    anomaly: { readonly seriesId: number | null; readonly labels: Labels | null } | null,
  ): Symptom {
    if (terms.query === null && (anomaly === null || anomaly.seriesId === null))
      return nothing('What is declared is about the series of the anomaly, and there is none');
    const missing = terms.sameLabels.filter((name) => anomaly?.labels?.[name] === undefined);
    return missing.length === 0
      ? { kind: 'condition', terms }
      : nothing(`The anomaly lacks a label that was to be the same: ${missing.join(', ')}`);
  }

  /** The catalogue's condition on the series of the target; null where nobody measures it. */
  private async ofCatalogue(
    { metric, op, threshold, forSeconds, timeoutSeconds }: Verification,
    targetId: number | null,
    nowMs: number,
  ): Promise<VerificationTerms | null> {
    const target = targetId === null ? null : await this.targets.find(targetId);
    if (target === null || Object.keys(target.labels).length === 0) return null;
    const selector = this.measurements.selectorOf(metric, target.labels);
    const measured = await this.measurements.measure({
      selector,
      function: 'last',
      stepMs: CATALOGUE_STEP_SECONDS * 1_000,
      fromMs: nowMs - RECENT_MS,
      toMs: nowMs,
    });
    if (measured.length === 0) return null;
    return {
      query: {
        selector,
        function: 'last',
        stepSeconds: CATALOGUE_STEP_SECONDS,
        across: op === '<' || op === '<=' ? 'max' : 'min',
      },
      sameLabels: [],
      op,
      threshold,
      forSeconds,
      timeoutSeconds,
      rollBack: 'made_worse',
    };
  }
}

function nothing(why: string): Symptom {
  return { kind: 'nothing', why };
}
