import { BenchDatabase } from './bench-database';
import { Row, Turn } from './bench-result';
import { Outcome } from './load';
import { readTimes, usedBetween } from './processor-time';
import { TargetServer } from './target-server';
import { doubtsAbout, Goal, judge, spread } from './verdict';

export interface Pace {
  readonly rounds: number;
  readonly turnMs: number;
  readonly warmUpMs: number;
}

/** Where processor time is read: a server's own process, and the backends of its database. */
export interface ProcessorSource {
  readonly database: string | null;
  readonly serverPid: number | null;
}

/** What a row's rounds are compared by. */
export interface Comparison {
  readonly id: string;
  readonly title: string;
  readonly goal: Goal;
  readonly work: string;
  readonly ours: string;
  readonly baseline: string;
  readonly read: (turn: Turn) => number;
}

/** One run: its turns, its probes of the disk, and what was found wrong. */
export class BenchRun {
  readonly turns: Turn[] = [];
  readonly diskSyncMs: number[] = [];
  private readonly faults = new Map<string, Set<string>>();

  constructor(
    readonly cluster: BenchDatabase,
    readonly pace: Pace,
    private readonly say: (line: string) => void,
  ) {}

  /** Says of a work that an answer or a stored row was wrong: its rows fail whatever their speed. */
  blame(work: string, fault: string): void {
    this.faults.set(work, (this.faults.get(work) ?? new Set()).add(fault));
  }

  probeDisk(): void {
    this.diskSyncMs.push(this.cluster.probeDisk());
  }

  /** Each target in turn, forwards and backwards by rounds, so that drift of the machine meets all alike. */
  async rotate<Target>(
    targets: readonly Target[],
    turn: (target: Target, round: number) => Promise<void>,
  ): Promise<void> {
    for (let round = 1; round <= this.pace.rounds; round++) {
      for (const target of round % 2 === 1 ? targets : targets.toReversed()) await turn(target, round);
    }
  }

  /**
   * Runs a load and notes it, with the processor time that the server and the database's backends used meanwhile. Where a request brings
   * many of what is counted, `countARequest` says how many.
   */
  async measure(
    { work, target, round }: Pick<Turn, 'work' | 'target' | 'round'>,
    { database, serverPid }: ProcessorSource,
    load: () => Promise<Outcome>,
    countARequest = 1,
  ): Promise<Outcome> {
    const backends = (): Promise<number[]> =>
      database === null ? Promise.resolve([]) : this.cluster.backends(database);
    const serverPids = serverPid === null ? [] : [serverPid];
    const serverBefore = readTimes(serverPids);
    const postgresBefore = readTimes(await backends());
    const outcome = await load();
    const serverMicros = usedBetween(serverBefore, readTimes(serverPids));
    const postgresMicros = usedBetween(postgresBefore, readTimes(await backends()));
    const { seconds, p50Ms, p99Ms, non2xx } = outcome;
    const ops = outcome.ops * countARequest;
    this.turns.push({
      work,
      target,
      round,
      ops,
      opsPerSecond: ops / seconds,
      p50Ms,
      p99Ms,
      non2xx,
      serverMicros: serverBefore.size === 0 ? null : serverMicros / ops,
      postgresMicros: postgresBefore.size === 0 ? null : postgresMicros / ops,
    });
    if (non2xx > 0) this.blame(work, `${target} refused ${non2xx} of ${outcome.ops} requests`);
    return outcome;
  }

  /** A row from the turns of its work. */
  row({ id, title, goal, work, ours, baseline, read }: Comparison): Row {
    const roundsOf = (target: string): Turn[] =>
      this.turns
        .filter((turn) => turn.work === work && turn.target === target)
        .sort((a, b) => a.round - b.round);
    const [mine, theirs] = [roundsOf(ours), roundsOf(baseline)];
    const ratio = spread(mine.map((turn, index) => read(turn) / read(theirs[index])));
    const cpuRatios = mine
      .map((turn, index) => [processorMicros(theirs[index]), processorMicros(turn)])
      .filter((pair): pair is [number, number] => pair[0] !== null && pair[1] !== null)
      .map(([their, my]) => their / my);
    const faults = [...(this.faults.get(work) ?? [])];
    const doubts = doubtsAbout(theirs.map(read), this.diskSyncMs);
    const row: Row = {
      id,
      title,
      goal,
      verdict: faults.length > 0 ? 'wrong' : judge(goal, ratio, doubts),
      remarks: [...faults, ...doubts],
      ratio,
      ...(cpuRatios.length > 0 && { cpuRatio: spread(cpuRatios) }),
    };
    this.say(`row ${id} (${title}): ${row.verdict}, ${ratio.median.toFixed(2)}`);
    return row;
  }
}

function processorMicros({ serverMicros, postgresMicros }: Turn): number | null {
  if (serverMicros === null && postgresMicros === null) return null;
  return (serverMicros ?? 0) + (postgresMicros ?? 0);
}

/** Where a server's processor time is read. */
export function sourceOf({
  database,
  pid,
}: Pick<TargetServer, 'pid'> & { database?: string }): ProcessorSource {
  return { database: database ?? null, serverPid: pid };
}
