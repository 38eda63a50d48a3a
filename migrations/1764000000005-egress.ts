import { MigrationInterface, QueryRunner } from 'typeorm';

export class Egress1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE egress_rules (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT egress_rules_pk PRIMARY KEY,
        scheme text NOT NULL CONSTRAINT egress_rule_scheme CHECK (scheme IN ('http', 'https')),
        host text NOT NULL,
        port integer NOT NULL CONSTRAINT egress_rule_port CHECK (port BETWEEN 1 AND 65535),
        allow_private boolean NOT NULL DEFAULT false,
        note text,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT egress_rule_destination UNIQUE (scheme, host, port)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE egress_rules');
  }
}
