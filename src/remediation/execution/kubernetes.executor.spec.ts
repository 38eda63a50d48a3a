import { KubernetesPeer } from '../../../test/support/kubernetes-peer';
import { AllowedOrigins } from '../../../test/support/recording-target';
import { selfSigned } from '../../../test/support/self-signed';
import { orderOf, targetOf } from '../../../test/support/step-order';
import { EgressClient } from '../../egress/egress.client';
import { ACTION_TYPES, ActionType } from '../actions/action-type';
import type { StepOrder } from './executor.port';
import type { JsonObject } from './json';
import { KubernetesExecutor } from './kubernetes.executor';

const UID = '11111111-1111-1111-1111-111111111111';

describe('the Kubernetes executor', () => {
  let peer: KubernetesPeer;
  let executor: KubernetesExecutor;
  let lines: string[];

  beforeEach(async () => {
    peer = await KubernetesPeer.start();
    executor = new KubernetesExecutor(new EgressClient(new AllowedOrigins([peer.target.origin])));
    lines = [];
  });
  afterEach(() => peer.target.stop());

  const target = (
    settings: JsonObject = {},
    secrets: Record<string, string> = { token: KubernetesPeer.token },
  ) =>
    targetOf(
      'kubernetes',
      { server: peer.target.origin, ca: peer.ca, namespaces: ['shop'], nodes: ['node-a'], ...settings },
      secrets,
    );
  const execute = (order: StepOrder) =>
    executor.execute(order, (line) => lines.push(line), new AbortController().signal);
  const order = (actionType: ActionType, parameters: JsonObject, more: Partial<StepOrder> = {}) =>
    orderOf(target(), { actionType, parameters, ...more });
  const checkout = { workload: 'deployment/checkout' };

  describe('rehearses every call before it makes it', () => {
    it.each<[what: string, type: ActionType, parameters: JsonObject, calls: string[]]>([
      [
        'a rollout restart',
        'restart_service',
        checkout,
        [
          'GET /apis/apps/v1/namespaces/shop/deployments/checkout',
          'PATCH /apis/apps/v1/namespaces/shop/deployments/checkout?dryRun=All&fieldManager=smartcloudops',
          'PATCH /apis/apps/v1/namespaces/shop/deployments/checkout?fieldManager=smartcloudops',
        ],
      ],
      [
        'a size',
        'scale_up',
        { ...checkout, replicas: 5, from_replicas: 3 },
        [
          'GET /apis/apps/v1/namespaces/shop/deployments/checkout/scale',
          'PUT /apis/apps/v1/namespaces/shop/deployments/checkout/scale?dryRun=All&fieldManager=smartcloudops',
          'PUT /apis/apps/v1/namespaces/shop/deployments/checkout/scale?fieldManager=smartcloudops',
        ],
      ],
      [
        'the end of a pod',
        'custom',
        { operation: 'delete_pod', pod: 'checkout-1' },
        [
          'GET /api/v1/namespaces/shop/pods/checkout-1',
          'DELETE /api/v1/namespaces/shop/pods/checkout-1?dryRun=All',
          'DELETE /api/v1/namespaces/shop/pods/checkout-1',
        ],
      ],
      [
        'the closing of a node',
        'custom',
        { operation: 'cordon', node: 'node-a' },
        [
          'GET /api/v1/nodes/node-a',
          'PATCH /api/v1/nodes/node-a?dryRun=All&fieldManager=smartcloudops',
          'PATCH /api/v1/nodes/node-a?fieldManager=smartcloudops',
        ],
      ],
    ])('%s', async (_, type, parameters, calls) => {
      expect(await execute(order(type, parameters))).toMatchObject({
        kind: 'succeeded',
        detail: { changed: true },
      });
      expect(peer.target.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(calls);
      expect(peer.effects).toHaveLength(1);
    });

    it('and a dry run ends there', async () => {
      const outcome = await execute(order('scale_up', { ...checkout, replicas: 4 }, { isDryRun: true }));
      expect(outcome).toEqual({
        kind: 'succeeded',
        detail: {
          verb: 'scale',
          namespace: 'shop',
          workload: 'deployment/checkout',
          before: { replicas: 3 },
          replicas: 4,
          dry_run: true,
        },
      });
      expect(peer.effects).toEqual([]);
    });
  });

  it('restarts once, however often the same step arrives', async () => {
    const restart = (more: Partial<StepOrder>) => execute(order('restart_service', checkout, more));
    expect(await restart({ attempt: 1 })).toMatchObject({ detail: { changed: true } });
    expect(await restart({ attempt: 2 })).toMatchObject({ kind: 'succeeded', detail: { changed: false } });
    expect(peer.annotations).toEqual([
      {
        'kubectl.kubernetes.io/restartedAt': '2026-01-31T10:00:00.000Z',
        'smartcloudops.ai/step': orderOf(target()).stepId,
      },
    ]);
    await restart({ stepId: '0190a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c' });
    expect(peer.annotations).toHaveLength(2);
  });

  it('changes nothing where the attempt was handed to somebody else while it looked', async () => {
    let isHeld = true;
    peer.disturb = ({ url }) => {
      if (url.includes('dryRun')) isHeld = false;
      return false;
    };
    expect(await execute(order('restart_service', checkout, { isHeld: () => isHeld }))).toMatchObject({
      kind: 'unsent',
      mayRetry: true,
    });
    expect(peer.effects).toEqual([]);
  });

  it('keeps a restart within the share of the service that may be away', async () => {
    let step = 10;
    const ask = (share: number, workload = 'deployment/checkout') =>
      execute(
        order(
          'restart_service',
          { workload, max_unavailable_percent: share },
          { stepId: `step-${(step += 1)}` },
        ),
      );
    expect(await ask(25)).toMatchObject({ kind: 'succeeded' });
    expect(await ask(10)).toMatchObject({ kind: 'unsent', mayRetry: false });
    expect(await ask(34, 'statefulset/ledger')).toMatchObject({ kind: 'succeeded' });
    expect(await ask(33, 'statefulset/ledger')).toMatchObject({ kind: 'unsent' });
    expect(peer.effects).toHaveLength(2);
  });

  it('scales by steps and to sizes, and leaves alone what has its size', async () => {
    expect(await execute(order('scale_down', checkout))).toMatchObject({
      detail: { before: { replicas: 3 }, replicas: 2 },
    });
    expect(await execute(order('scale_up', { ...checkout, by: 2 }))).toMatchObject({
      detail: { replicas: 4 },
    });
    expect(await execute(order('scale_up', { ...checkout, replicas: 4 }))).toMatchObject({
      kind: 'succeeded',
      detail: { changed: false },
    });
    expect(await execute(order('scale_up', { workload: 'statefulset/ledger' }))).toMatchObject({
      detail: { replicas: 4 },
    });
    expect([...peer.sizes.values()]).toEqual([4, 4]);
    expect(peer.effects).toHaveLength(3);
  });

  it('does not scale what has changed since it looked', async () => {
    peer.disturb = ({ method, url }) => {
      if (method === 'PUT' && !url.includes('dryRun')) peer.disturb = () => false;
      if (method === 'PUT' && url.includes('dryRun')) Reflect.set(peer, 'version', 99);
      return false;
    };
    expect(await execute(order('scale_up', checkout))).toMatchObject({ kind: 'failed', mayRetry: true });
    expect(peer.effects).toEqual([]);
  });

  it('deletes the very pod that was meant, and knows when that is done', async () => {
    const parameters = { operation: 'delete_pod', pod: 'checkout-1', pod_uid: UID, grace_seconds: 5 };
    expect(await execute(order('custom', parameters))).toMatchObject({ detail: { changed: true } });
    expect(JSON.parse(peer.target.requests.at(-1)?.body ?? '')).toEqual({
      preconditions: { uid: UID },
      gracePeriodSeconds: 5,
    });
    expect(await execute(order('custom', parameters))).toMatchObject({ detail: { changed: false } });
    peer.pods.set('checkout-1', { uid: '33333333-3333-3333-3333-333333333333', isOwned: true });
    expect(await execute(order('custom', parameters))).toMatchObject({ detail: { changed: false } });
    expect(peer.pods.has('checkout-1')).toBe(true);
    expect(peer.effects).toHaveLength(1);
    const bare = await execute(order('custom', { operation: 'delete_pod', pod: 'bare' }));
    expect(bare).toMatchObject({ kind: 'unsent', mayRetry: false });
  });

  it('closes a node once and opens it again', async () => {
    const cordon = { operation: 'cordon', node: 'node-a' };
    expect(await execute(order('custom', cordon))).toMatchObject({ detail: { changed: true } });
    expect(peer.isCordoned).toBe(true);
    expect(await execute(order('custom', cordon))).toMatchObject({ detail: { changed: false } });
    expect(await execute(order('custom', { ...cordon, operation: 'uncordon' }))).toMatchObject({
      detail: { changed: true },
    });
    expect(peer.isCordoned).toBe(false);
  });

  describe('when the cluster refuses or is lost', () => {
    const answering = (code: number, isDisturbed: (method: string, url: string) => boolean) => {
      peer.disturb = ({ method, url }, response) => {
        if (!isDisturbed(method, url)) return false;
        response
          .writeHead(code, { 'content-type': 'application/json' })
          .end(JSON.stringify({ message: `no\u001b: Bearer ${KubernetesPeer.token}` }));
        return true;
      };
    };
    const isRead = (method: string) => method === 'GET';
    const isRehearsal = (_: string, url: string) => url.includes('dryRun');
    const isWrite = (method: string, url: string) => method !== 'GET' && !url.includes('dryRun');

    it.each<
      [
        code: number,
        where: string,
        isDisturbed: (method: string, url: string) => boolean,
        kind: string,
        mayRetry: boolean | null,
      ]
    >([
      [403, 'looking', isRead, 'failed', false],
      [404, 'looking', isRead, 'failed', false],
      [503, 'looking', isRead, 'unsent', true],
      [422, 'rehearsing', isRehearsal, 'failed', false],
      [429, 'rehearsing', isRehearsal, 'failed', true],
      [500, 'rehearsing', isRehearsal, 'unsent', true],
      [409, 'writing', isWrite, 'failed', true],
      [403, 'writing', isWrite, 'failed', false],
      [500, 'writing', isWrite, 'unknown', null],
      [504, 'writing', isWrite, 'unknown', null],
    ])('%i while %s', async (code, _, isDisturbed, kind, mayRetry) => {
      answering(code, isDisturbed);
      const outcome = await execute(order('restart_service', checkout));
      expect(outcome).toMatchObject({ kind, ...(mayRetry !== null && { mayRetry }) });
      expect(JSON.stringify(outcome)).not.toContain(KubernetesPeer.token);
      expect(peer.effects).toEqual([]);
    });

    it.each<[where: string, isDisturbed: (method: string, url: string) => boolean, kind: string]>([
      ['looking', isRead, 'unsent'],
      ['rehearsing', isRehearsal, 'unsent'],
      ['writing', isWrite, 'unknown'],
    ])('no answer while %s', async (_, isDisturbed, kind) => {
      peer.disturb = ({ method, url }) => isDisturbed(method, url);
      expect(await execute(order('restart_service', checkout, { timeoutMs: 1_000 }))).toMatchObject({ kind });
    });

    it.each(['<html>', '{"spec":', ''])('an answer that is none: %j', async (text) => {
      peer.disturb = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
        return true;
      };
      expect(await execute(order('scale_up', { ...checkout, replicas: 4 }))).toMatchObject({
        kind: 'unsent',
      });
      expect(peer.effects).toEqual([]);
    });
  });

  describe('shows who it is', () => {
    it('to the cluster whose authority it knows, and to no other', async () => {
      const { certificate } = selfSigned('127.0.0.1');
      const outcome = await execute(orderOf(target({ ca: certificate }), { parameters: checkout }));
      expect(outcome).toMatchObject({ kind: 'unsent', mayRetry: true });
      expect(peer.target.requests).toEqual([]);
    });

    it('and is refused with another token, or none', async () => {
      const stranger = orderOf(target({}, { token: 'another-token' }), { parameters: checkout });
      expect(await execute(stranger)).toMatchObject({ kind: 'failed', mayRetry: false });
      const before = peer.target.connections;
      expect(await execute(orderOf(target({}, {}), { parameters: checkout }))).toMatchObject({
        kind: 'unsent',
      });
      expect(peer.target.connections).toBe(before);
    });

    it('and hears what it may do', async () => {
      const { signal } = new AbortController();
      await expect(executor.check(target(), signal)).resolves.toContain('restart and scale in shop');
      await expect(executor.check(target({ namespaces: ['shop', 'locked'] }), signal)).rejects.toThrow(
        'patch deployments in locked, update deployments/scale in locked',
      );
      expect(peer.effects).toEqual([]);
    });
  });

  /** T30. */
  const forbidden: [type: ActionType, parameters: JsonObject][] = [
    ...[
      'kube-system',
      'kube-public',
      'kube-node-lease',
      'default',
      'other',
      'shop2',
      'Shop',
      'shop/pods',
      '../shop',
      'shop%2f',
      '',
    ].map((namespace): [ActionType, JsonObject] => ['restart_service', { ...checkout, namespace }]),
    ...[
      'checkout',
      'pod/checkout',
      'job/checkout',
      'deployment/',
      'deployment/../secrets',
      'deployment/a/b',
      'Deployment/checkout',
      'deployment/a?x=1',
      'deployment/a\n',
    ].map((workload): [ActionType, JsonObject] => ['restart_service', { workload }]),
    ...[0, -1, 11, 300, 1.5, 1e9].map((replicas): [ActionType, JsonObject] => [
      'scale_up',
      { ...checkout, replicas },
    ]),
    ['scale_up', { ...checkout, replicas: '5' }],
    ['scale_up', { workload: 'daemonset/agent' }],
    ...['exec', 'patch', 'delete', 'drain', 'delete_namespace', 'get_secret', '__proto__', 'delete_pod '].map(
      (operation): [ActionType, JsonObject] => ['custom', { operation, pod: 'checkout-1', node: 'node-a' }],
    ),
    ['custom', {}],
    ['custom', { operation: 'cordon', node: 'node-b' }],
    ['custom', { operation: 'cordon', node: '../node-a' }],
    ['custom', { operation: 'cordon' }],
    ['custom', { operation: 'delete_pod', pod: '*' }],
    ['custom', { operation: 'delete_pod', pod: 'a/b' }],
    ['custom', { operation: 'delete_pod', pod: 'checkout-1', pod_uid: 'x' }],
    ['custom', { operation: 'delete_pod', pod: 'checkout-1', namespace: 'kube-system' }],
    ['custom', { operation: 'delete_pod', pod: 'checkout-1', grace_seconds: -1 }],
    ['restart_service', { ...checkout, grace_seconds: 5 }],
    ['rollback', checkout],
    ['update_config', { key: 'a', value: 'b' }],
    ['cleanup_disk', {}],
  ];

  it(`makes no call for ${forbidden.length} targets and verbs outside of what is allowed`, async () => {
    expect(forbidden.length).toBeGreaterThanOrEqual(40);
    for (const [type, parameters] of forbidden)
      expect([parameters, await execute(order(type, parameters))]).toMatchObject([
        parameters,
        { kind: 'unsent', mayRetry: false },
      ]);
    expect(peer.target.connections).toBe(0);
  });

  it('makes no change that is larger than the caps, or leads the other way', async () => {
    const tight = target({ max_replicas: 400, max_change_percent: 50 });
    for (const [type, parameters] of [
      ['scale_up', { ...checkout, replicas: 300 }],
      ['scale_up', { ...checkout, by: 2 }],
      ['scale_up', { ...checkout, replicas: 2 }],
      ['scale_down', { ...checkout, replicas: 4 }],
      ['scale_down', { ...checkout, replicas: 1 }],
      ['scale_down', { ...checkout, by: 3 }],
      ['scale_up', { ...checkout, replicas: 4, from_replicas: 2 }],
    ] as const)
      expect([parameters, await execute(orderOf(tight, { actionType: type, parameters }))]).toMatchObject([
        parameters,
        { kind: 'unsent', mayRetry: false },
      ]);
    expect(peer.target.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(peer.effects).toEqual([]);
  });

  it('acts on the workloads that are named where some are', async () => {
    const narrow = target({ workloads: ['deployment/checkout'] });
    expect(await execute(orderOf(narrow))).toMatchObject({ kind: 'succeeded' });
    const other = orderOf(narrow, { parameters: { workload: 'statefulset/ledger' } });
    expect(await execute(other)).toMatchObject({ kind: 'unsent' });
    expect(peer.effects).toHaveLength(1);
  });

  it.each<[settings: JsonObject, member: string]>([
    [{ server: 'http://127.0.0.1:8001' }, 'settings.server'],
    [{ namespaces: [] }, 'settings.namespaces'],
    [{ namespaces: ['shop', 'kube-system'] }, 'without kube-system'],
    [{ namespaces: ['openshift-etcd'] }, 'without openshift-etcd'],
    [{ namespaces: ['*'] }, 'settings.namespaces'],
    [{ workloads: ['checkout'] }, 'settings.workloads'],
    [{ max_replica: 3 }, '"max_replica"'],
    [{ min_replicas: 0 }, 'settings.min_replicas'],
    [{ min_replicas: 5, max_replicas: 3 }, 'settings.min_replicas'],
  ])('refuses the settings %j', async (settings, member) => {
    const outcome = await execute(orderOf(target(settings), { parameters: checkout }));
    expect(JSON.stringify(outcome)).toContain(JSON.stringify(member).slice(1, -1));
    expect(peer.target.connections).toBe(0);
  });

  it('does those of the contract that a cluster has a verb for', () => {
    expect(ACTION_TYPES.filter((type) => executor.supports(type))).toEqual([
      'scale_up',
      'scale_down',
      'restart_service',
      'custom',
    ]);
    const is = (actionType: ActionType, parameters: JsonObject) =>
      executor.isIdempotent({ actionType, parameters });
    expect(is('scale_up', { replicas: 4 })).toBe(true);
    expect(is('scale_up', { by: 1 })).toBe(false);
    expect(is('restart_service', {})).toBe(true);
    expect(is('custom', { operation: 'delete_pod', pod: 'a' })).toBe(false);
    expect(is('custom', { operation: 'delete_pod', pod: 'a', pod_uid: UID })).toBe(true);
  });
});
