import { createHash, createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { RecordedRequest, RecordingTarget } from './recording-target';

const ACCESS_KEY = {
  access_key_id: 'AKIAOFTHETESTS000000',
  secret_access_key: 'the-secret-access-key-of-the-tests',
};

/** A call as its API would name it. */
interface AwsCall {
  readonly action: string;
  readonly input: any;
}

/** Speaks the APIs of AWS that are used here, holds callers to their signature, and remembers every call. */
export class AwsPeer {
  static readonly secrets = ACCESS_KEY;
  readonly calls: AwsCall[] = [];
  serviceSize = 3;
  groupSize = 2;
  commandStatuses = ['InProgress', 'Success'];
  /** Answers in the place of the peer where it returns true. */
  disturb: (call: AwsCall, response: ServerResponse) => boolean = () => false;
  private readonly automations = new Map<string, string>();

  private constructor(readonly target: RecordingTarget) {
    target.answer = (request, response) => {
      if (!isSigned(request)) return void response.writeHead(403).end('{"__type":"SignatureDoesNotMatch"}');
      const call = callOf(request);
      this.calls.push(call);
      if (!this.disturb(call, response)) this.handle(call, response);
    };
  }

  static async start(): Promise<AwsPeer> {
    return new AwsPeer(await RecordingTarget.start());
  }

  /** Names of the calls that have an effect. */
  get effects(): string[] {
    return this.calls
      .filter(({ action, input }) => !/^(Describe|List|Get)/.test(action) && input.DryRun !== 'true')
      .map(({ action }) => action);
  }

  private handle({ action, input }: AwsCall, response: ServerResponse): void {
    const json = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    const xml = (body: string, status = 200) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(`<?xml version="1.0"?>${body}`);
    switch (action) {
      case 'DescribeServices':
        return void json({
          services:
            input.services[0] === 'gone' ? [] : [{ status: 'ACTIVE', desiredCount: this.serviceSize }],
        });
      case 'UpdateService':
        this.serviceSize = input.desiredCount ?? this.serviceSize;
        return void json({ service: { desiredCount: this.serviceSize } });
      case 'DescribeAutoScalingGroups':
        return void xml(
          `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>
            <AutoScalingGroupName>web</AutoScalingGroupName><DesiredCapacity>${this.groupSize}</DesiredCapacity>
          </member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
        );
      case 'SetDesiredCapacity':
        this.groupSize = Number(input.DesiredCapacity);
        return void xml('<SetDesiredCapacityResponse/>');
      case 'RebootInstances':
        return input.DryRun === 'true'
          ? void xml(ec2Error('DryRunOperation', 'Request would have succeeded'), 412)
          : void xml('<RebootInstancesResponse><return>true</return></RebootInstancesResponse>');
      case 'DescribeDocument':
        return void json({ Document: { Name: input.Name } });
      case 'SendCommand':
        return void json({ Command: { CommandId: 'command-1' } });
      case 'ListCommandInvocations':
        return void json({
          CommandInvocations: [
            { InstanceId: 'i-0123456789abcdef0', Status: this.commandStatuses.shift() ?? 'Success' },
          ],
        });
      case 'StartAutomationExecution': {
        const id = this.automations.get(input.ClientToken) ?? `automation-${this.automations.size + 1}`;
        this.automations.set(input.ClientToken, id);
        return void json({ AutomationExecutionId: id });
      }
      case 'GetAutomationExecution':
        return void json({ AutomationExecution: { AutomationExecutionStatus: 'Success' } });
      default:
        response.writeHead(400).end('{"__type":"UnknownOperation"}');
    }
  }
}

/** What EC2 answers to a request that it does not do. */
export function ec2Error(code: string, message: string): string {
  return `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`;
}

function callOf({ headers, body }: RecordedRequest): AwsCall {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return { action: target.split('.')[1], input: JSON.parse(body) };
  const input = Object.fromEntries(new URLSearchParams(body));
  return { action: input.Action, input };
}

/** AWS Signature Version 4, from the receiver's side: over the headers as they arrived. */
function isSigned({ method, url, headers, body }: RecordedRequest): boolean {
  const parts =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      headers.authorization ?? '',
    );
  if (parts === null || parts[1] !== ACCESS_KEY.access_key_id) return false;
  const [, , day, region, service, signed, signature] = parts;
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, url, '', lines.join(''), signed, sha(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (left, right) => hmac(left, right),
    `AWS4${ACCESS_KEY.secret_access_key}`,
  );
  return hmac(key, text).toString('hex') === signature;
}
