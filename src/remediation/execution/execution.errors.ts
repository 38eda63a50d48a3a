import { DomainError } from '../../common/errors/domain-error';
import type { ActionType } from '../actions/action-type';
import type { TargetKind } from '../targets/target-kind';

/** How each kind of target comes to do an action type. */
const WAYS: Readonly<Record<TargetKind, string>> = {
  webhook:
    'a webhook does every action type, or those in settings.actions where settings.only_mapped_actions is set',
  kubernetes: 'kubernetes does restart_service, scale_up, scale_down and custom',
  aws: 'aws does those in settings.actions',
  script: 'script does those in settings.scripts, by scripts of the manifest that REMEDIATION_SCRIPTS names',
};

/** Nothing here can do this action; nothing is pretended. */
export class NoExecutor extends DomainError {
  constructor(message: string) {
    super('conflict', 'remediation/no-executor', message);
  }

  static withoutTarget(type: ActionType): NoExecutor {
    const ways = Object.values(WAYS).join('; ');
    return new NoExecutor(
      `No target is configured for ${type}; an administrator adds one with POST /api/remediation/targets: ${ways}`,
    );
  }

  static switchedOff({ id, name }: { id: number; name: string }): NoExecutor {
    return new NoExecutor(
      `The target ${name} is switched off; an administrator switches it on with PUT /api/remediation/targets/${id}`,
    );
  }

  static notOn(
    type: ActionType,
    { id, name, kind }: { id: number; name: string; kind: TargetKind },
  ): NoExecutor {
    return new NoExecutor(
      `The target ${name} has no way to do ${type}: ${WAYS[kind]}; ` +
        `an administrator changes it with PUT /api/remediation/targets/${id}`,
    );
  }
}

/** Settings or secrets of a target that its kind cannot work with. */
export class InvalidTarget extends DomainError {
  constructor(message: string) {
    super('invalid', 'remediation/invalid-target', message);
  }
}

/** An order that the target's settings do not allow. */
export class OrderRefused extends DomainError {
  constructor(message: string) {
    super('forbidden', 'remediation/order-refused', message);
  }
}
