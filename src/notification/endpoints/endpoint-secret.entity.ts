import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** The URL or a signing secret of an endpoint, sealed; a table of its own, so that reading endpoints never reads secrets. */
@Entity('notification_secrets')
export class EndpointSecret {
  @PrimaryColumn('bigint', { name: 'endpoint_id', transformer: bigintAsNumber })
  endpointId: number;

  @PrimaryColumn('text')
  name: string;

  @Column('bytea')
  sealed: Buffer;

  @Column('text', { name: 'set_by' })
  setBy: string;

  @Column({ type: 'timestamptz', name: 'set_at', precision: 3, default: () => 'now()' })
  setAt: Date;
}
