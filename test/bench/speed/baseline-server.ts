import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../../../src/database/postgres-cluster';
import { findTool, runTool, startTool } from '../../support/tool';

const START_LIMIT_MS = 30_000;

/** A server of others that a row is held against, where it is installed. */
export interface BaselineProgram {
  readonly name: string;
  /** What it is called on PATH, by whoever packaged it. */
  readonly commands: readonly string[];
  parameters(port: number, folder: string): readonly string[];
}

/** Which of a program's commands this machine has, or null. */
export function findBaseline({ commands }: BaselineProgram): string | null {
  return commands.find((command) => findTool(command) !== null) ?? null;
}

/** What an installed program says of its version; null where it is not installed. */
export async function baselineVersion(program: BaselineProgram): Promise<string | null> {
  const command = findBaseline(program);
  if (command === null) return null;
  const { output, errors } = await runTool(command, ['--version']);
  return /version (\S+)/.exec(output + errors)?.[1] ?? 'unknown';
}

/** A baseline program under load, with a folder of its own. */
export class BaselineServer {
  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly process: ReturnType<typeof startTool>,
  ) {}

  /** Starts it and waits until it says that it is ready. Throws where it does not. */
  static async start(program: BaselineProgram, folder: string): Promise<BaselineServer> {
    const command = findBaseline(program);
    if (command === null) throw new Error(`${program.commands.join(' or ')} is not on PATH`);
    const port = await freePort();
    const data = join(folder, program.name);
    mkdirSync(data, { recursive: true });
    const process = startTool(command, program.parameters(port, data), data);
    const server = new BaselineServer(program.name, port, process);
    await server.waitUntilReady();
    return server;
  }

  get pid(): number {
    return this.process.child.pid ?? 0;
  }

  /** The body of one GET. Throws where the answer is no success. */
  async get(path: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`);
    if (!answer.ok) throw new Error(`${this.name} answered ${path} with ${answer.status}`);
    return answer.text();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private async waitUntilReady(): Promise<void> {
    const signal = AbortSignal.timeout(START_LIMIT_MS);
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/-/ready`).catch(() => null);
      if (answer?.ok === true) return;
      if (signal.aborted || this.process.child.exitCode !== null)
        throw new Error(`${this.name} does not start: ${this.process.said().slice(-2_000)}`);
      await delay(100);
    }
  }
}
