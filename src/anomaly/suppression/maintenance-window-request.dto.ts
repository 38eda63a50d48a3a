import { InvalidInput } from '../../common/errors/domain-error';
import type { Schedule } from './maintenance-window';
import type { MaintenanceWindowDto } from './maintenance-window.dto';
import type { RequestedWindow } from './maintenance-window.service';

const ONCE = ['starts_at', 'ends_at'] as const;
const WEEKLY = ['weekdays', 'start_time', 'duration_minutes', 'time_zone'] as const;

/** The window in a body. Throws InvalidInput where members of its kind are missing, or it has some of the other kind. */
export function requestedWindowOf(body: MaintenanceWindowDto): RequestedWindow {
  const [own, other] = body.schedule === 'once' ? [ONCE, WEEKLY] : [WEEKLY, ONCE];
  const missing = own.find((member) => body[member] === undefined || body[member] === null);
  if (missing !== undefined) throw new InvalidInput(`Missing required field: ${missing}`);
  const foreign = other.find((member) => body[member] !== undefined && body[member] !== null);
  if (foreign !== undefined)
    throw new InvalidInput(`${foreign} is no member of a window that takes place ${body.schedule}`);
  return { name: body.name, matchers: body.matchers, schedule: scheduleOf(body) };
}

function scheduleOf(body: MaintenanceWindowDto): Schedule {
  if (body.schedule === 'once')
    return {
      kind: 'once',
      startsAt: new Date(body.starts_at as string),
      endsAt: new Date(body.ends_at as string),
    };
  return {
    kind: 'weekly',
    recurrence: {
      weekdays: body.weekdays ?? [],
      startTime: body.start_time as string,
      durationMinutes: body.duration_minutes as number,
      timeZone: body.time_zone as string,
    },
  };
}
