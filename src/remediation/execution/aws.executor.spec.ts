import { AwsPeer, ec2Error } from '../../../test/support/aws-peer';
import { AllowedOrigins } from '../../../test/support/recording-target';
import { orderOf, targetOf } from '../../../test/support/step-order';
import { EgressClient } from '../../egress/egress.client';
import type { ActionType } from '../actions/action-type';
import { AwsExecutor } from './aws.executor';
import type { StepOrder } from './executor.port';
import type { JsonObject } from './json';

const INSTANCE = 'i-0123456789abcdef0';
const OTHER = 'i-0123456789abcdef1';
const ECS = { operation: 'ecs_scale', cluster: 'shop', services: ['checkout', 'search'] };
const GROUP = { operation: 'asg_scale', groups: ['web'] };
const REBOOT = { operation: 'ec2_reboot', instances: [INSTANCE, OTHER] };
const COMMAND = {
  operation: 'ssm_command',
  document: 'CleanDisk',
  instances: [INSTANCE],
  document_parameters: { Mount: ['$/mount'], Days: '$/older_than_days', Mode: ['safe'] },
};

describe('the AWS executor', () => {
  let peer: AwsPeer;
  let executor: AwsExecutor;
  let lines: string[];

  beforeEach(async () => {
    peer = await AwsPeer.start();
    executor = new AwsExecutor(new EgressClient(new AllowedOrigins([peer.target.origin])));
    lines = [];
  });
  afterEach(() => peer.target.stop());

  const target = (
    actions: JsonObject,
    settings: JsonObject = {},
    secrets: Record<string, string> = AwsPeer.secrets,
  ) => targetOf('aws', { region: 'eu-west-1', endpoint: peer.target.origin, actions, ...settings }, secrets);
  const execute = (order: StepOrder) =>
    executor.execute(order, (line) => lines.push(line), new AbortController().signal);
  const ask = (
    actionType: ActionType,
    way: JsonObject,
    parameters: JsonObject = {},
    more: Partial<StepOrder> = {},
  ) => execute(orderOf(target({ [actionType]: way }), { actionType, parameters, ...more }));
  const actions = () => peer.calls.map(({ action }) => action);

  it('sets the size of an ECS service, with a signature that holds', async () => {
    expect(await ask('scale_up', ECS, { service: 'checkout', replicas: 5 })).toEqual({
      kind: 'succeeded',
      detail: {
        operation: 'ecs_scale',
        cluster: 'shop',
        service: 'checkout',
        before: { replicas: 3 },
        replicas: 5,
        changed: true,
      },
    });
    expect(peer.calls).toEqual([
      { action: 'DescribeServices', input: { cluster: 'shop', services: ['checkout'] } },
      { action: 'UpdateService', input: { cluster: 'shop', service: 'checkout', desiredCount: 5 } },
    ]);
    expect(await ask('scale_up', ECS, { service: 'checkout', replicas: 5 })).toMatchObject({
      detail: { changed: false },
    });
    expect(peer.effects).toEqual(['UpdateService']);
  });

  it('has ECS roll a service anew', async () => {
    const way = { operation: 'ecs_redeploy', cluster: 'shop', services: ['checkout'] };
    expect(await ask('restart_service', way)).toMatchObject({ kind: 'succeeded' });
    expect(peer.calls[1]).toEqual({
      action: 'UpdateService',
      input: { cluster: 'shop', service: 'checkout', forceNewDeployment: true },
    });
  });

  it('sets the size of an Auto Scaling group', async () => {
    expect(await ask('scale_down', GROUP)).toMatchObject({
      detail: { before: { replicas: 2 }, replicas: 1 },
    });
    expect(peer.calls[1]).toMatchObject({
      action: 'SetDesiredCapacity',
      input: { AutoScalingGroupName: 'web', DesiredCapacity: '1', HonorCooldown: 'false' },
    });
  });

  it('asks EC2 whether it would reboot before it does', async () => {
    expect(await ask('restart_service', REBOOT, { instances: [OTHER] })).toMatchObject({ kind: 'succeeded' });
    expect(peer.calls.map(({ action, input }) => [action, input.DryRun, input['InstanceId.1']])).toEqual([
      ['RebootInstances', 'true', OTHER],
      ['RebootInstances', undefined, OTHER],
    ]);
    peer.disturb = (_, response) => {
      response.writeHead(403).end(ec2Error('UnauthorizedOperation', 'You are not authorized'));
      return true;
    };
    expect(await ask('restart_service', REBOOT, { instances: [OTHER] })).toMatchObject({
      kind: 'failed',
      mayRetry: false,
    });
    expect(peer.effects).toEqual(['RebootInstances']);
  });

  it('runs a command on an instance, and waits for its end', async () => {
    const outcome = await ask('cleanup_disk', COMMAND, { mount: '/var/log', older_than_days: 7 });
    expect(outcome).toMatchObject({ kind: 'succeeded', detail: { run_id: 'command-1' } });
    expect(actions()).toEqual([
      'DescribeDocument',
      'SendCommand',
      'ListCommandInvocations',
      'ListCommandInvocations',
    ]);
    expect(peer.calls[1].input).toMatchObject({
      DocumentName: 'CleanDisk',
      InstanceIds: [INSTANCE],
      Parameters: { Mount: ['/var/log'], Days: ['7'], Mode: ['safe'] },
      Comment: `step ${orderOf(target({})).stepId}`,
    });
    peer.commandStatuses = ['Failed'];
    expect(await ask('cleanup_disk', COMMAND)).toMatchObject({ kind: 'failed', mayRetry: false });
    peer.commandStatuses = Array.from({ length: 9 }, () => 'InProgress');
    expect(await ask('cleanup_disk', COMMAND, {}, { timeoutMs: 700 })).toMatchObject({ kind: 'unknown' });
  });

  it('starts an automation once, however often the step arrives', async () => {
    const way = { operation: 'ssm_automation', document: 'WarmCaches' };
    for (const attempt of [1, 2])
      expect(await ask('optimize_performance', way, {}, { attempt })).toMatchObject({
        kind: 'succeeded',
        detail: { run_id: 'automation-1' },
      });
  });

  it('ends a dry run before anything has an effect', async () => {
    for (const [type, way] of [
      ['scale_up', GROUP],
      ['restart_service', { ...REBOOT, instances: [INSTANCE] }],
      ['cleanup_disk', COMMAND],
    ] as const)
      expect(await ask(type, way, {}, { isDryRun: true })).toMatchObject({
        kind: 'succeeded',
        detail: { dry_run: true },
      });
    expect(peer.effects).toEqual([]);
    expect(peer.calls).toHaveLength(3);
  });

  it('does nothing where the attempt was handed to somebody else while it looked', async () => {
    const isHeld = () => peer.calls.length === 0;
    expect(await ask('scale_up', GROUP, {}, { isHeld })).toMatchObject({ kind: 'unsent', mayRetry: true });
    expect(peer.effects).toEqual([]);
  });

  describe('when AWS refuses or is lost', () => {
    const answering = (
      isDisturbed: (action: string) => boolean,
      answer: [status: number, body: string] | null,
    ) => {
      peer.disturb = ({ action }, response) => {
        if (!isDisturbed(action)) return false;
        if (answer === null) response.destroy();
        else response.writeHead(answer[0], { 'content-type': 'application/x-amz-json-1.1' }).end(answer[1]);
        return true;
      };
    };
    const isLook = (action: string) => action === 'DescribeServices';
    const isAct = (action: string) => action === 'UpdateService';
    const type = (name: string) =>
      `{"__type":"${name}","message":"${AwsPeer.secrets.secret_access_key}\\u001b"}`;

    it.each<
      [what: string, where: (action: string) => boolean, answer: [number, string] | null, kind: string]
    >([
      ['forbidden to look', isLook, [400, type('AccessDeniedException')], 'failed'],
      ['a fault while looking', isLook, [500, type('ServerException')], 'unsent'],
      ['lost while looking', isLook, null, 'unsent'],
      ['forbidden to act', isAct, [400, type('AccessDeniedException')], 'failed'],
      ['throttled', isAct, [400, type('ThrottlingException')], 'failed'],
      ['a fault while acting', isAct, [500, type('ServerException')], 'unknown'],
      ['lost while acting', isAct, null, 'unknown'],
      ['an answer to the act that is none', isAct, [200, '<html>'], 'unknown'],
    ])('%s', async (what, where, answer, kind) => {
      answering(where, answer);
      const outcome = await ask('scale_up', ECS, { service: 'checkout' });
      expect(outcome).toMatchObject({ kind, ...(kind === 'failed' && { mayRetry: what === 'throttled' }) });
      expect(JSON.stringify([outcome, lines])).not.toContain(AwsPeer.secrets.secret_access_key);
      // One attempt a call: the ledger repeats, and nobody else.
      expect(peer.calls.filter(({ action }) => where(action))).toHaveLength(1);
    });
  });

  /** T30. */
  const forbidden: [type: ActionType, way: JsonObject, parameters: JsonObject][] = [
    ...['payments', 'checkout/../payments', 'arn:aws:ecs:eu-west-1:1:service/x', '', '*', '__proto__'].map(
      (service): [ActionType, JsonObject, JsonObject] => ['scale_up', ECS, { service }],
    ),
    ['scale_up', ECS, {}],
    ...[0, -1, 11, 300, 2.5, '4'].map((replicas): [ActionType, JsonObject, JsonObject] => [
      'scale_up',
      GROUP,
      { replicas },
    ]),
    ['scale_up', GROUP, { auto_scaling_group: 'db' }],
    ['restart_service', REBOOT, {}],
    ['restart_service', REBOOT, { instances: [INSTANCE, OTHER] }],
    ['restart_service', REBOOT, { instances: ['i-0123456789abcdef2'] }],
    ['restart_service', REBOOT, { instances: [INSTANCE, INSTANCE] }],
    ['restart_service', REBOOT, { instances: [] }],
    ['restart_service', REBOOT, { instances: '*' }],
    ['restart_service', REBOOT, { instances: [[INSTANCE]] }],
    ...['$(reboot)', '`reboot`', '/tmp;reboot', 'a\nb', "a'b", 'a"b', 'a|b', 'a&b', '{{x}}'].map(
      (mount): [ActionType, JsonObject, JsonObject] => ['cleanup_disk', COMMAND, { mount }],
    ),
    ['cleanup_disk', COMMAND, { mount: { a: 1 } }],
    ['custom', ECS, {}],
    ['rollback', { operation: 'ec2_terminate', instances: [INSTANCE] }, {}],
    ['rollback', { operation: 'ec2_reboot' }, {}],
    ['rollback', { operation: 'ec2_reboot', instances: ['*'] }, {}],
    ['scale_up', REBOOT, {}],
    ['restart_service', GROUP, {}],
    ['scale_up', { ...ECS, cluster: null }, { service: 'checkout' }],
    ['cleanup_disk', { ...COMMAND, document: null }, {}],
    ['cleanup_disk', { ...COMMAND, command: 'rm -rf /' }, {}],
  ];

  it(`makes no call for ${forbidden.length} resources and operations outside of what is allowed`, async () => {
    expect(forbidden.length).toBeGreaterThanOrEqual(40);
    for (const [type, way, parameters] of forbidden)
      expect([type, way, parameters, await ask(type, way, parameters)]).toMatchObject([
        type,
        way,
        parameters,
        { kind: 'unsent', mayRetry: false },
      ]);
    expect(peer.target.connections).toBe(0);
  });

  it('makes no call without credentials of the target, whatever the machine has', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAOFTHEMACHINE', AWS_SECRET_ACCESS_KEY: 'x' });
    try {
      const outcome = await execute(orderOf(target({ scale_up: GROUP }, {}, {}), { actionType: 'scale_up' }));
      expect(outcome).toMatchObject({ kind: 'unsent', mayRetry: false });
    } finally {
      process.env = before;
    }
    expect(peer.target.connections).toBe(0);
  });

  it('calls no host that is not on the allow-list', async () => {
    const order = orderOf(
      targetOf('aws', { region: 'eu-west-1', actions: { scale_up: GROUP } }, AwsPeer.secrets),
      {
        actionType: 'scale_up',
      },
    );
    const outcome = await execute(order);
    expect(outcome).toMatchObject({ kind: 'unsent', mayRetry: false });
    expect(JSON.stringify(outcome)).toContain('https://autoscaling.eu-west-1.amazonaws.com:443');
  });

  it('checks that what it would act on is there', async () => {
    const { signal } = new AbortController();
    const all = target({ scale_up: ECS, restart_service: REBOOT, cleanup_disk: COMMAND });
    await expect(executor.check(all, signal)).resolves.toContain('checkout, search');
    const gone = target({ scale_up: { ...ECS, services: ['gone'] } });
    await expect(executor.check(gone, signal)).rejects.toThrow('no active service gone');
    expect(peer.effects).toEqual([]);
  });

  it('is idempotent where the API is', () => {
    const is = (actionType: ActionType, way: JsonObject, parameters: JsonObject = {}) =>
      executor.isIdempotent({ actionType, parameters, target: target({ [actionType]: way }) });
    expect(is('scale_up', GROUP, { replicas: 3 })).toBe(true);
    expect(is('scale_up', GROUP, { by: 1 })).toBe(false);
    expect(is('restart_service', REBOOT)).toBe(false);
    expect(is('cleanup_disk', COMMAND)).toBe(false);
    expect(is('custom', { operation: 'ssm_automation', document: 'a' })).toBe(true);
  });
});
