import { Readable } from 'node:stream';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { CsvProgress, readCsvSamples } from './csv-samples';
import { IngestService } from './ingest.service';
import type { Labels } from './labels';
import { SampleImport } from './sample-import.entity';
import { SampleImportRepository } from './sample-import.repository';

/** Rows of one stored batch. */
const BATCH_ROWS = 10_000;
/** With the time that a request has to arrive, some three million rows. */
const MAX_BYTES = 64 * 1024 * 1024;
const PROGRESS_MS = 500;

/** Imports of past data: one series a file, stored whole or not at all, on the data's own clock. */
@Injectable()
export class SampleImportService {
  constructor(
    private readonly imports: SampleImportRepository,
    private readonly ingest: IngestService,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads a CSV stream into a series; its progress can be followed meanwhile by the import's id.
   * Throws InvalidLabels, InvalidCsv (nothing is stored then), and DomainError `too_large`.
   */
  async import(
    name: string,
    labels: Labels,
    file: Readable,
    totalBytes: number | null,
  ): Promise<SampleImport> {
    const seriesId = await this.ingest.register({
      name,
      labels,
      timeMs: 0,
      value: 0,
      type: 'gauge',
      behaviour: 'gauge',
    });
    const id = await this.imports.insert({ seriesId, totalBytes, createdBy: currentActor().name });
    const progress: CsvProgress = { bytes: 0, rows: 0, missingRows: 0 };
    const stopReporting = this.reportProgress(id, progress);
    try {
      // The file is a stream: what was read of it does not come again.
      await this.database.runOnce(async () => {
        await this.store(name, labels, file, progress);
        await this.audit.record({
          action: 'samples.imported',
          subjectType: 'series',
          subjectId: seriesId,
          after: { import_id: id, rows: progress.rows },
        });
      });
      await stopReporting();
      await this.finish(id, { ...progress, status: 'completed' });
    } catch (error) {
      await stopReporting();
      await this.finish(id, {
        ...progress,
        rows: 0,
        status: 'failed',
        error: error instanceof DomainError ? error.message : 'The import was cut off',
      });
      throw error;
    }
    return this.get(id);
  }

  /** Throws a not-found error. */
  async get(id: number): Promise<SampleImport> {
    const found = await this.imports.find(id);
    if (found === null)
      throw new DomainError('not_found', 'telemetry/import-not-found', `Import with ID ${id} not found`);
    return found;
  }

  async list(request: PageRequest): Promise<{ imports: SampleImport[]; pagination: Pagination }> {
    const [imports, total] = await this.imports.list(request);
    return { imports, pagination: paginate(request, total) };
  }

  private async store(name: string, labels: Labels, file: Readable, progress: CsvProgress): Promise<void> {
    let rows: { timeMs: number; value: number }[] = [];
    const flush = async (): Promise<void> => {
      await this.ingest.ingest(
        rows.map((row) => ({ name, labels, ...row })),
        'backfill',
      );
      rows = [];
    };
    for await (const { timeMs, value } of readCsvSamples(file, progress)) {
      if (progress.bytes > MAX_BYTES)
        throw new DomainError(
          'too_large',
          'telemetry/import-too-large',
          `An import is at most ${MAX_BYTES / 1024 / 1024} MiB`,
        );
      rows.push({ timeMs, value });
      if (rows.length === BATCH_ROWS) await flush();
    }
    await flush();
  }

  /** Shows others how far an import is, outside of its own transaction. Call the answer to stop: after it no report is under way. */
  private reportProgress(id: number, progress: CsvProgress): () => Promise<void> {
    let report = Promise.resolve();
    const reporter = setInterval(() => {
      report = this.imports.update(id, progress).catch(() => undefined);
    }, PROGRESS_MS);
    return async () => {
      clearInterval(reporter);
      await report;
    };
  }

  private async finish(id: number, outcome: Partial<SampleImport>): Promise<void> {
    await this.imports.update(id, { ...outcome, finishedAt: this.clock.now() });
  }
}
