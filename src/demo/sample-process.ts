import { ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

import { Running } from './belongings';
import { childEnvironment, describeEnd, stopChild } from './child';
import { Fault } from './fault';

const SERVICE = join(__dirname, 'sample-service.js');
const STOP_TIMEOUT_MS = 3_000;
const FAULT_TIMEOUT_MS = 10_000;
const SECRET_BYTES = 32;

/** The sample web service in a child process, so that its memory is its own. */
export class SampleProcess implements Running {
  private constructor(
    private readonly child: ChildProcess,
    /** Without a trailing slash. */
    readonly url: string,
    /** Who signs with it may have the service restarted. */
    readonly signingSecret: string,
  ) {}

  /** Throws  Error where the service does not start. */
  static async start(onDeath: (error: Error) => void): Promise<SampleProcess> {
    const signingSecret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const child = fork(SERVICE, [], {
      execArgv: ['--expose-gc'],
      env: childEnvironment({ SIGNING_SECRET: signingSecret }),
      // Out of the terminal's process group: Ctrl-C reaches us alone.
      detached: true,
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The sample service ${describeEnd(child)}`);
    });
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    const service = new SampleProcess(child, `http://127.0.0.1:${port}`, signingSecret);
    ended.catch((error: Error) => {
      if (!service.stopping) onDeath(error);
    });
    return service;
  }

  private stopping = false;

  get metricsUrl(): string {
    return `${this.url}/metrics`;
  }

  get remediationUrl(): string {
    return `${this.url}/remediate`;
  }

  /** Makes something go wrong for real; an empty fault ends whatever was wrong. Throws  Error where the service refuses. */
  async inject(fault: Fault): Promise<void> {
    const answer = await fetch(`${this.url}/fault`, {
      method: 'POST',
      body: JSON.stringify(fault),
      signal: AbortSignal.timeout(FAULT_TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`The sample service refused the fault: ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await stopChild(this.child, STOP_TIMEOUT_MS);
  }
}
