import { checkUnavailable, unavailablePercent } from './kubernetes-patch';
import type { WorkloadKind } from './kubernetes-settings';

describe('what a rollout takes away at once', () => {
  it.each<[kind: WorkloadKind, strategy: object, replicas: number, percent: number]>([
    ['deployment', {}, 4, 25],
    ['deployment', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } }, 4, 0],
    ['deployment', { rollingUpdate: { maxUnavailable: 1 } }, 4, 25],
    ['deployment', { rollingUpdate: { maxUnavailable: '40%' } }, 4, 40],
    ['deployment', { rollingUpdate: { maxUnavailable: 9 } }, 4, 100],
    ['deployment', { type: 'Recreate' }, 4, 100],
    ['deployment', { rollingUpdate: { maxUnavailable: 'x%' } }, 4, 100],
    ['statefulset', { type: 'RollingUpdate' }, 5, 20],
    ['statefulset', { type: 'OnDelete' }, 5, 100],
    ['daemonset', {}, 10, 10],
    ['statefulset', {}, 0, 100],
  ])('of a %s with %j and %i replicas is %i %%', (kind, strategy, replicas, percent) =>
    expect(unavailablePercent({ kind, name: 'a' }, strategy, replicas)).toBe(percent),
  );

  it('is held to what the order allows, where it says anything', () => {
    expect(() => checkUnavailable(25, 24)).toThrow('may take 25 % away');
    expect(() => checkUnavailable(25, 25)).not.toThrow();
    expect(() => checkUnavailable(100, null)).not.toThrow();
  });
});
