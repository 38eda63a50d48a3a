import { IdList, Integer, JsonObject } from '../../common/validation/fields';
import type { PreviewedTerms } from './slot-preview.service';
import { SlotsDto, slotTermsOf } from './slots.dto';

const MAX_WINDOWS = 20;
const MAX_ID = Number.MAX_SAFE_INTEGER;
const MAX_SLOTS = 25;
const DEFAULT_SLOTS = 10;

export class PreviewSlotsDto extends SlotsDto {
  @Integer(1, MAX_SLOTS, { required: false, description: `How many; ${DEFAULT_SLOTS} where it is left out` })
  count?: number;

  @IdList(MAX_WINDOWS, { required: false, description: 'As of a schedule' })
  blackout_window_ids?: number[];

  @Integer(1, MAX_ID, {
    required: false,
    description: 'What it would act on: freeze calendars of its group are looked at, too',
  })
  target_id?: number;

  @Integer(1, MAX_ID, { required: false, description: 'The runbook that it would ask for; as target_id' })
  runbook_id?: number;

  @JsonObject({ required: false, description: 'Of the runbook' })
  parameters?: Record<string, unknown>;
}

/** What a body asks about, and how many slots of it. Throws  InvalidSchedule. */
export function previewOf(body: PreviewSlotsDto): { terms: PreviewedTerms; count: number } {
  return {
    terms: {
      ...slotTermsOf(body),
      blackoutWindowIds: body.blackout_window_ids ?? [],
      targetId: body.target_id ?? null,
      runbookId: body.runbook_id ?? null,
      parameters: body.parameters ?? {},
    },
    count: body.count ?? DEFAULT_SLOTS,
  };
}
