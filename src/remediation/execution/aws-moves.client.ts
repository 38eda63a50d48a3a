import type { awsClientConfig } from './aws.client';
import type { AwsVerb } from './aws-order';
import type { AwsSettings } from './aws-settings';
import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';
import type { JsonObject } from './json';
import { scaledSize } from './scale-step';
import { endOfAutomation, endOfCommand, RunEnd } from './ssm-run';

type Config = ReturnType<typeof awsClientConfig>;

/** What was seen, and the call that acts; none where there is nothing to change. */
export interface Move {
  readonly detail: JsonObject;
  /** Asks the API whether it would; only EC2 knows such a question. */
  readonly rehearse?: () => Promise<void>;
  /** Returns how it ended where that takes its time; null: it is done with the answer. */
  readonly act: (() => Promise<RunWatch | null>) | null;
}

/** How a run is asked for its end; null while it goes on. */
export interface RunWatch {
  readonly id: string;
  readonly look: () => Promise<RunEnd | null>;
}

/** Looks at what a verb is about. The clients are loaded where they are first needed: together they are large. */
export async function awsMove(
  config: Config,
  settings: AwsSettings,
  verb: AwsVerb,
  order: StepOrder,
): Promise<Move> {
  switch (verb.operation) {
    case 'ecs_scale': {
      const { ECSClient, UpdateServiceCommand } = await import('@aws-sdk/client-ecs');
      const { cluster, service, step } = verb;
      const replicas = await ecsSize(config, cluster, service);
      const desiredCount = scaledSize(settings, step, replicas);
      return {
        detail: { operation: verb.operation, cluster, service, before: { replicas }, replicas: desiredCount },
        act: changing(desiredCount !== replicas, () =>
          new ECSClient(config).send(new UpdateServiceCommand({ cluster, service, desiredCount })),
        ),
      };
    }
    case 'ecs_redeploy': {
      const { ECSClient, UpdateServiceCommand } = await import('@aws-sdk/client-ecs');
      const { cluster, service } = verb;
      await ecsSize(config, cluster, service);
      return {
        detail: { operation: verb.operation, cluster, service },
        act: changing(true, () =>
          new ECSClient(config).send(
            new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }),
          ),
        ),
      };
    }
    case 'asg_scale': {
      const { AutoScalingClient, SetDesiredCapacityCommand } = await import('@aws-sdk/client-auto-scaling');
      const { group: AutoScalingGroupName, step } = verb;
      const replicas = await groupSize(config, AutoScalingGroupName);
      const DesiredCapacity = scaledSize(settings, step, replicas);
      return {
        detail: {
          operation: verb.operation,
          auto_scaling_group: AutoScalingGroupName,
          before: { replicas },
          replicas: DesiredCapacity,
        },
        act: changing(DesiredCapacity !== replicas, () =>
          new AutoScalingClient(config).send(
            new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity, HonorCooldown: false }),
          ),
        ),
      };
    }
    case 'ec2_reboot': {
      const { EC2Client, RebootInstancesCommand } = await import('@aws-sdk/client-ec2');
      const InstanceIds = [...verb.instances];
      const client = new EC2Client(config);
      return {
        detail: { operation: verb.operation, instances: InstanceIds },
        rehearse: () =>
          wouldSucceed(() => client.send(new RebootInstancesCommand({ InstanceIds, DryRun: true }))),
        act: changing(true, () => client.send(new RebootInstancesCommand({ InstanceIds }))),
      };
    }
    case 'ssm_command':
    case 'ssm_automation':
      return ssmMove(config, verb, order);
  }
}

async function ssmMove(
  config: Config,
  verb: Extract<AwsVerb, { operation: 'ssm_command' | 'ssm_automation' }>,
  { stepId, timeoutMs }: StepOrder,
): Promise<Move> {
  const ssm = await import('@aws-sdk/client-ssm');
  const client = new ssm.SSMClient(config);
  const { operation, document, parameters } = verb;
  const DocumentVersion = verb.version ?? undefined;
  await describe(config, operation, null, document, document);
  if (operation === 'ssm_automation') {
    const start = new ssm.StartAutomationExecutionCommand({
      DocumentName: document,
      DocumentVersion,
      Parameters: { ...parameters },
      // AWS answers the same execution for the same token: a second attempt joins the first.
      ClientToken: stepId,
    });
    return {
      detail: { operation, document },
      act: async () => {
        const { AutomationExecutionId: id = '' } = await client.send(start);
        const look = new ssm.GetAutomationExecutionCommand({ AutomationExecutionId: id });
        return { id, look: async () => endOfAutomation((await client.send(look)).AutomationExecution) };
      },
    };
  }
  const instances = [...verb.instances];
  return {
    detail: { operation, document, instances },
    act: async () => {
      const { Command } = await client.send(
        new ssm.SendCommandCommand({
          DocumentName: document,
          DocumentVersion,
          InstanceIds: instances,
          Parameters: { ...parameters },
          Comment: `step ${stepId}`,
          // Delivery is given up by then; the least that the API accepts is half a minute.
          TimeoutSeconds: Math.max(30, Math.ceil(timeoutMs / 1_000)),
        }),
      );
      const id = Command?.CommandId ?? '';
      const look = new ssm.ListCommandInvocationsCommand({ CommandId: id });
      const read = async () => endOfCommand(instances, (await client.send(look)).CommandInvocations);
      return { id, look: read };
    },
  };
}

function changing(isChange: boolean, send: () => Promise<unknown>): Move['act'] {
  if (!isChange) return null;
  return async () => {
    await send();
    return null;
  };
}

/** What a target's settings name must be there. */
export async function describe(
  config: Config,
  operation: AwsVerb['operation'],
  cluster: string | null,
  resource: string,
  document: string | null,
): Promise<void> {
  if (operation === 'ecs_scale' || operation === 'ecs_redeploy')
    await ecsSize(config, cluster ?? '', resource);
  else if (operation === 'asg_scale') await groupSize(config, resource);
  else if (operation === 'ec2_reboot') {
    const { EC2Client, RebootInstancesCommand } = await import('@aws-sdk/client-ec2');
    const asking = new RebootInstancesCommand({ InstanceIds: [resource], DryRun: true });
    await wouldSucceed(() => new EC2Client(config).send(asking));
  } else {
    const { SSMClient, DescribeDocumentCommand } = await import('@aws-sdk/client-ssm');
    await new SSMClient(config).send(new DescribeDocumentCommand({ Name: document ?? '' }));
  }
}

async function ecsSize(config: Config, cluster: string, service: string): Promise<number> {
  const { ECSClient, DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
  const { services } = await new ECSClient(config).send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  );
  const [seen] = services ?? [];
  if (seen?.status !== 'ACTIVE' || seen.desiredCount === undefined)
    throw new OrderRefused(`the cluster ${cluster} has no active service ${service}`);
  return seen.desiredCount;
}

async function groupSize(config: Config, group: string): Promise<number> {
  const { AutoScalingClient, DescribeAutoScalingGroupsCommand } =
    await import('@aws-sdk/client-auto-scaling');
  const asking = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] });
  const { AutoScalingGroups } = await new AutoScalingClient(config).send(asking);
  const [seen] = AutoScalingGroups ?? [];
  if (seen?.DesiredCapacity === undefined) throw new OrderRefused(`there is no Auto Scaling group ${group}`);
  return seen.DesiredCapacity;
}

/** EC2 answers a question that it would have done with an error of this name. */
async function wouldSucceed(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'DryRunOperation')) throw error;
  }
}
