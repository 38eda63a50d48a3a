import type { ServerResponse } from 'node:http';

import { RecordedRequest, RecordingTarget } from './recording-target';
import { selfSigned } from './self-signed';

const TOKEN = 'a-service-account-token-of-the-tests';

/** Speaks the paths of the Kubernetes API that are used here, over TLS and with a token, and remembers every call. */
export class KubernetesPeer {
  /** Calls that changed something: neither reads nor rehearsals. */
  readonly effects: string[] = [];
  readonly sizes = new Map([
    ['deployments/checkout', 3],
    ['statefulsets/ledger', 3],
  ]);
  readonly annotations: Record<string, string>[] = [];
  readonly pods = new Map([
    ['checkout-1', { uid: '11111111-1111-1111-1111-111111111111', isOwned: true }],
    ['bare', { uid: '22222222-2222-2222-2222-222222222222', isOwned: false }],
  ]);
  isCordoned = false;
  /** Answers in the place of the peer where it returns true. */
  disturb: (request: RecordedRequest, response: ServerResponse) => boolean = () => false;
  private version = 1;

  private constructor(
    readonly target: RecordingTarget,
    readonly ca: string,
  ) {
    target.answer = (request, response) => {
      if (this.disturb(request, response)) return;
      const [code, body] = this.handle(request);
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
  }

  static readonly token = TOKEN;

  static async start(): Promise<KubernetesPeer> {
    const { certificate, key } = selfSigned('127.0.0.1');
    const target = await RecordingTarget.start({ cert: certificate, key });
    return new KubernetesPeer(target, certificate);
  }

  private handle({ method, url, headers, body }: RecordedRequest): [code: number, body: unknown] {
    if (headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'Unauthorized');
    const { pathname, searchParams } = new URL(url, this.target.origin);
    const isRehearsal = searchParams.get('dryRun') === 'All';
    const sent = body === '' ? null : JSON.parse(body);
    const effect = (act: () => void): void => {
      if (isRehearsal) return;
      act();
      this.effects.push(`${method} ${pathname}`);
    };
    if (pathname === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
      return [201, { ...sent, status: { allowed: sent.spec.resourceAttributes.namespace !== 'locked' } }];

    const workload = /^\/apis\/apps\/v1\/namespaces\/shop\/(\w+\/\w+)(\/scale)?$/.exec(pathname);
    if (workload !== null) {
      const [, name, isScale] = workload;
      const replicas = this.sizes.get(name);
      if (replicas === undefined) return refusal(404, `${name} not found`);
      const metadata = { name, namespace: 'shop', resourceVersion: String(this.version) };
      const template = { metadata: { annotations: this.annotations.at(-1) } };
      if (method === 'GET')
        return [200, { metadata, spec: isScale === undefined ? { replicas, template } : { replicas } }];
      if (isScale !== undefined && method === 'PUT') {
        if (sent.metadata.resourceVersion !== String(this.version))
          return refusal(409, 'the object has been modified');
        effect(() => {
          this.sizes.set(name, sent.spec.replicas as number);
          this.version += 1;
        });
        return [200, { metadata, spec: sent.spec }];
      }
      if (method === 'PATCH' && headers['content-type'] === 'application/strategic-merge-patch+json') {
        effect(() =>
          this.annotations.push(sent.spec.template.metadata.annotations as Record<string, string>),
        );
        return [200, { metadata }];
      }
    }
    const pod = /^\/api\/v1\/namespaces\/shop\/pods\/([\w-]+)$/.exec(pathname)?.[1];
    if (pod !== undefined) {
      const known = this.pods.get(pod);
      if (known === undefined) return refusal(404, `pods "${pod}" not found`);
      const ownerReferences = known.isOwned ? [{ controller: true, kind: 'ReplicaSet' }] : [];
      if (method === 'GET') return [200, { metadata: { name: pod, uid: known.uid, ownerReferences } }];
      if (method === 'DELETE') {
        if (sent.preconditions.uid !== known.uid) return refusal(409, 'the uid differs');
        effect(() => this.pods.delete(pod));
        return [200, { metadata: { name: pod } }];
      }
    }
    if (pathname === '/api/v1/nodes/node-a') {
      if (method === 'PATCH') effect(() => (this.isCordoned = sent.spec.unschedulable as boolean));
      return [200, { metadata: { name: 'node-a' }, spec: { unschedulable: this.isCordoned } }];
    }
    return refusal(405, `${method} ${pathname} is not served here`);
  }
}

function refusal(code: number, message: string): [number, object] {
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }];
}
