import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a program that is not ours stands on this machine's PATH. What needs it says "not run" where it does not. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** A real peer (Prometheus, Alertmanager) in a folder of its own. */
export class PeerProcess {
  output = '';

  private constructor(
    readonly child: ChildProcess,
    readonly folder: string,
  ) {}

  /** Starts a program in a new folder that holds these files; `parameters` may name them. */
  static start(
    program: string,
    parameters: readonly string[],
    files: Readonly<Record<string, string>>,
  ): PeerProcess {
    const folder = mkdtempSync(join(tmpdir(), 'smartcloudops-peer-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const peer = new PeerProcess(child, folder);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (peer.output += chunk.toString()));
    return peer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
