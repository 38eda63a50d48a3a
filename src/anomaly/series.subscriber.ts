import { Injectable, OnModuleInit } from '@nestjs/common';

import { EventsService } from '../events/events.service';
import { HeldFindings } from './suppression/held-findings.service';

@Injectable()
export class SeriesSubscriber implements OnModuleInit {
  constructor(
    private readonly events: EventsService,
    private readonly held: HeldFindings,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('series.deleted', 'anomaly', ({ seriesId }) => this.held.forget(seriesId));
  }
}
