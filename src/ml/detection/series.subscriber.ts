import { Injectable, OnModuleInit } from '@nestjs/common';

import { EventsService } from '../../events/events.service';
import { DetectorsService } from './detectors.service';

@Injectable()
export class SeriesSubscriber implements OnModuleInit {
  constructor(
    private readonly events: EventsService,
    private readonly detectors: DetectorsService,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('series.deleted', 'ml', ({ seriesId }) => this.detectors.forget(seriesId));
  }
}
