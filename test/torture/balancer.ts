import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';

/** How often a balancer looks who is ready; most look far less often, and are told by other means. */
const LOOK_MS = 100;
const REQUEST_LIMIT_MS = 20_000;
const READY_LIMIT_MS = 10_000;

/** What a caller behind a balancer gets: an answer, or a connection that broke after the request was sent. */
export interface BalancedAnswer {
  readonly status: number;
  readonly text: string;
}

interface Upstream {
  readonly server: ServerProcess;
  readonly agent: Agent;
  isReady: boolean;
}

/**
 * Stands before several servers as a proxy does: keeps connections open, sends to whoever said that it was ready when last asked, and
 * tries the next only where nothing was sent (the connection was refused).
 */
export class Balancer {
  private upstreams: Upstream[] = [];
  private turn = 0;
  private isStopped = false;
  private readonly looking: Promise<void>;

  constructor(servers: readonly ServerProcess[]) {
    for (const server of servers) this.add(server);
    this.looking = this.look();
  }

  add(server: ServerProcess): void {
    this.upstreams.push({ server, agent: new Agent({ keepAlive: true }), isReady: true });
  }

  remove(server: ServerProcess): void {
    for (const { agent } of this.upstreams.filter((upstream) => upstream.server === server)) agent.destroy();
    this.upstreams = this.upstreams.filter((upstream) => upstream.server !== server);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.looking;
    for (const { agent } of this.upstreams) agent.destroy();
  }

  /** Sends one request. Throws where it was sent and no answer came, or nobody was ready for long. */
  async send(path: string, body: object): Promise<BalancedAnswer> {
    const ready = await eventually(
      () => this.upstreams.filter(({ isReady }) => isReady),
      ({ length }) => length > 0,
      READY_LIMIT_MS,
    );
    for (let attempt = 0; attempt < ready.length; attempt += 1) {
      const upstream = ready[this.turn++ % ready.length];
      try {
        return await post(upstream, path, body);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
        upstream.isReady = false;
      }
    }
    throw new Error('every server refused the connection');
  }

  private async look(): Promise<void> {
    while (!this.isStopped) {
      await Promise.all(
        this.upstreams.map(async (upstream) => {
          upstream.isReady = await upstream.server.fetch('/readyz', { token: null, timeoutMs: 2_000 }).then(
            ({ status }) => status === 200,
            // A busy machine that is late says nothing either way; one that is gone is.
            ({ name }: Error) => name === 'TimeoutError' && upstream.isReady,
          );
        }),
      );
      await delay(LOOK_MS);
    }
  }
}

function post({ server, agent }: Upstream, path: string, body: object): Promise<BalancedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      {
        method: 'POST',
        agent,
        timeout: REQUEST_LIMIT_MS,
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
