import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';

/** One service depends on another. */
export interface ServiceDependency {
  readonly service: string;
  readonly dependsOn: string;
}

const LOCK = { name: 'topology_lock', text: 'SELECT pg_advisory_xact_lock(7203453, 2)' };
const LIST = {
  name: 'topology_list',
  text: `SELECT service, depends_on AS "dependsOn" FROM service_dependencies ORDER BY service, depends_on`,
};
const DELETE = { name: 'topology_delete', text: 'DELETE FROM service_dependencies' };
const INSERT = {
  name: 'topology_insert',
  text: `INSERT INTO service_dependencies (service, depends_on)
         SELECT service, depends_on FROM jsonb_to_recordset($1) AS row(service text, depends_on text)`,
};

/** The SQL of which service depends on which. */
@Injectable()
export class TopologyRepository {
  constructor(private readonly database: Database) {}

  list(): Promise<ServiceDependency[]> {
    return this.database.query<ServiceDependency>(LIST);
  }

  /** Puts other dependencies in the place of all; one at a time until the transaction ends. Returns those before. */
  async replace(dependencies: readonly ServiceDependency[]): Promise<ServiceDependency[]> {
    await this.database.query(LOCK);
    const before = await this.list();
    await this.database.query(DELETE);
    const rows = dependencies.map(({ service, dependsOn }) => ({ service, depends_on: dependsOn }));
    if (rows.length > 0) await this.database.query(INSERT, [JSON.stringify(rows)]);
    return before;
  }
}
