import type { ExecutionTarget, StepOrder } from '../../src/remediation/execution/executor.port';
import type { JsonObject } from '../../src/remediation/execution/json';
import { SealedSecrets } from '../../src/remediation/execution/sealed-secrets';
import type { TargetKind } from '../../src/remediation/targets/target-kind';

/** A target with settings and secrets of a test. */
export function targetOf(
  kind: TargetKind,
  settings: JsonObject,
  secrets: Record<string, string> = {},
): ExecutionTarget {
  const sealed = new Map(Object.entries(secrets).map(([name, text]) => [name, Buffer.from(text)]));
  return {
    id: 7,
    name: 'shop',
    kind,
    version: 1,
    isEnabled: true,
    settings,
    secrets: new SealedSecrets(sealed, (_, bytes) => bytes.toString()),
  };
}

/** An attempt as the ledger would hand it over. */
export function orderOf(target: ExecutionTarget, more: Partial<StepOrder> = {}): StepOrder {
  return {
    stepId: '0190a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b',
    fence: 41,
    attempt: 1,
    orderedAt: new Date('2026-01-31T10:00:00Z'),
    actionId: 3,
    actionType: 'restart_service',
    parameters: {},
    target,
    timeoutMs: 5_000,
    isDryRun: false,
    ...more,
  };
}
