import type { BlastRadius } from './catalogue-entry';
import type { Parameters, ParameterSchema } from './parameter-schema';

const MAX_REPLICAS = 1_000;
const MAX_STEP = 100;

/** How many instances there are to be. */
export const SIZE: ParameterSchema = {
  replicas: {
    kind: 'integer',
    min: 1,
    max: MAX_REPLICAS,
    description: 'How many instances there are to be; never none, which is an outage and no remedy',
  },
  by: {
    kind: 'integer',
    min: 1,
    max: MAX_STEP,
    excludes: 'replicas',
    description: 'How many instances more, or fewer; 1 where neither it nor replicas is given',
  },
  from_replicas: {
    kind: 'integer',
    min: 1,
    max: MAX_REPLICAS,
    description: 'How many there are to be before; where there are not, nothing is done',
  },
};

/** What is added at most. */
export function growth({ replicas, by, from_replicas: from }: Parameters): BlastRadius {
  if (typeof replicas !== 'number')
    return { count: stepOf(by), unit: 'instance', text: `${stepOf(by)} more` };
  if (typeof from !== 'number')
    return { count: replicas, unit: 'instance', text: `up to ${replicas} instances, whatever runs now` };
  return {
    count: Math.max(1, replicas - from),
    unit: 'instance',
    text: `from ${from} to ${replicas} instances`,
  };
}

/** What a size alone takes away is known only at the target: as far as we know, nearly all of it. */
export function shrinkage({ replicas, by, from_replicas: from }: Parameters): BlastRadius {
  const lost = typeof replicas !== 'number' ? stepOf(by) : typeof from === 'number' ? from - replicas : null;
  if (lost === null)
    return {
      count: MAX_REPLICAS,
      unit: 'instance',
      percent: 100,
      text: `all but ${String(replicas)} of its instances, however many there are; from_replicas would tell`,
    };
  const count = Math.max(1, lost);
  return {
    count,
    unit: 'instance',
    ...(typeof from === 'number' && { percent: Math.min(100, (100 * count) / from) }),
    text: `${count} of its ${typeof from === 'number' ? `${from} ` : ''}instances`,
  };
}

/** Back down to the size that was seen, from the one that was made of it; else as many steps back, where it was a step. */
export function undoGrowth({ replicas, by }: Parameters, before: Parameters): Parameters | null {
  return sizeBefore(replicas, by, before.replicas, 1);
}

/** The same back up. */
export function undoShrinkage({ replicas, by }: Parameters, before: Parameters): Parameters | null {
  return sizeBefore(replicas, by, before.replicas, -1);
}

function sizeBefore(replicas: unknown, by: unknown, before: unknown, sign: 1 | -1): Parameters | null {
  if (!isSize(before)) return typeof replicas === 'number' ? null : { by: stepOf(by) };
  const after = typeof replicas === 'number' ? replicas : before + sign * stepOf(by);
  return { replicas: before, ...(isSize(after) && { from_replicas: after }) };
}

/** None is no size that anything is brought back to. */
function isSize(size: unknown): size is number {
  return Number.isInteger(size) && (size as number) >= 1 && (size as number) <= MAX_REPLICAS;
}

function stepOf(by: unknown): number {
  return typeof by === 'number' ? by : 1;
}
