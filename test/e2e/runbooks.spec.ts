import { createHash } from 'node:crypto';

import { TestApp } from '../support/test-app';

const RUNBOOKS = '/api/remediation/runbooks';
const YAML = `
# What we do when a service is short of CPU
name: Scale up, then look closer
description: For a service that is short of CPU
parameters:
  by: {type: integer, min: 1, max: 5, default: 1}
steps:
  - name: More instances
    action: scale_up
    parameters:
      by: "{{ parameters.by }}"
  - name: Look closer
    action: enhance_monitoring
    target: {labels: {service: "{{ anomaly.labels.service }}"}}
    parameters: {note: "anomaly {{ anomaly.id }} ({{ anomaly.severity }})"}
    on_failure: continue
`;
const definition = (name: string, members: object = {}): object => ({
  name,
  description: 'What we do',
  steps: [{ name: 'Restart', action: 'restart_service' }],
  ...members,
});

describe('runbooks', () => {
  let server: TestApp;
  beforeAll(async () => (server = await TestApp.start()));
  afterAll(() => server.stop());

  const save = (body: object) => server.post(RUNBOOKS, body);
  const made = async (name: string): Promise<number> =>
    (await save({ definition: definition(name) })).body.data.runbook.id as number;
  const audited = (id: number) =>
    server.database.query<{ action: string; actor_name: string }>(
      `SELECT action, actor_name FROM audit_log WHERE subject_type = 'runbook' AND subject_id = $1 ORDER BY id`,
      [String(id)],
    );

  it('are saved as YAML, kept as sent, and read back with what was left out', async () => {
    const { status, body } = await save({ source: YAML });
    expect([status, body.message]).toEqual([201, 'Runbook created successfully']);
    const { runbook } = body.data;
    expect(runbook).toMatchObject({
      name: 'Scale up, then look closer',
      description: 'For a service that is short of CPU',
      status: 'active',
      version: 1,
      format: 'yaml',
      sha256: createHash('sha256').update(YAML).digest('hex'),
      created_by: 'admin',
      retired_at: null,
    });
    expect(runbook.definition.steps).toEqual([
      {
        name: 'More instances',
        action: 'scale_up',
        target: 'bound',
        parameters: { by: '{{ parameters.by }}' },
        on_failure: 'stop',
      },
      {
        name: 'Look closer',
        action: 'enhance_monitoring',
        target: { labels: { service: '{{ anomaly.labels.service }}' } },
        parameters: { note: 'anomaly {{ anomaly.id }} ({{ anomaly.severity }})' },
        on_failure: 'continue',
      },
    ]);
    expect((await server.get(`${RUNBOOKS}/${runbook.id}`)).body.data.runbook).toEqual(runbook);
    const version = await server.get(`${RUNBOOKS}/${runbook.id}/versions/1`);
    expect(version.body.data.version).toMatchObject({ version: 1, source: YAML });
    expect(await audited(runbook.id as number)).toEqual([{ action: 'runbook.created', actor_name: 'admin' }]);
  });

  it('are changed by a new version; the old one stays as it was, and the same text is none', async () => {
    const id = await made('Changing');
    const changed = { definition: definition('Changed', { description: 'Better' }) };
    const second = await server.put(`${RUNBOOKS}/${id}`, { ...changed, version: 1 });
    expect(second.body.message).toBe('Runbook updated successfully');
    expect(second.body.data.runbook).toMatchObject({ name: 'Changed', description: 'Better', version: 2 });
    expect((await server.put(`${RUNBOOKS}/${id}`, changed)).body.data.runbook.version).toBe(2);
    const { versions, pagination } = (await server.get(`${RUNBOOKS}/${id}/versions`)).body.data;
    expect(versions.map(({ version, definition: { name } }: any) => [version, name])).toEqual([
      [2, 'Changed'],
      [1, 'Changing'],
    ]);
    expect(pagination.total).toBe(2);
    expect((await audited(id)).map(({ action }) => action)).toEqual(['runbook.created', 'runbook.updated']);
    await expect(
      server.database.query(`UPDATE runbook_versions SET source = 'x' WHERE runbook_id = $1`, [id]),
    ).rejects.toThrow('a version of a runbook never changes');
    await expect(
      server.database.query(`DELETE FROM runbook_versions WHERE runbook_id = $1`, [id]),
    ).rejects.toThrow('a version of a runbook never changes');
  });

  it('are not overwritten by somebody who read an older version, also when many do it at once', async () => {
    const id = await made('Contended');
    const change = (n: number) =>
      server.put(`${RUNBOOKS}/${id}`, {
        definition: definition('Contended', { description: `by ${n}` }),
        version: 1,
      });
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => change(n)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'runbook/version-conflict',
      message: `Runbook ${id} was changed meanwhile: you have version 1, it is at 2`,
    });
  });

  it('have names of their own, also when two take one at once; a retired one’s is free again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => save({ definition: definition('Unique') })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const id = answers.find(({ status }) => status === 201)?.body.data.runbook.id as number;
    const other = await made('Another');
    expect(
      (await server.put(`${RUNBOOKS}/${other}`, { definition: definition('Unique') })).body,
    ).toMatchObject({
      code: 'runbook/name-taken',
      message: 'A runbook named Unique exists already',
    });
    expect((await server.delete(`${RUNBOOKS}/${id}`)).status).toBe(200);
    expect((await save({ definition: definition('Unique') })).status).toBe(201);
  });

  it('are retired, and stay readable; nothing changes them any more', async () => {
    const id = await made('Old');
    expect((await server.delete(`${RUNBOOKS}/${id}?version=7`)).body.code).toBe('runbook/version-conflict');
    const gone = await server.delete(`${RUNBOOKS}/${id}?version=1`);
    expect([gone.status, gone.body.message]).toEqual([200, `Runbook with ID ${id} retired successfully`]);
    expect((await server.get(`${RUNBOOKS}/${id}`)).body.data.runbook).toMatchObject({
      status: 'retired',
      retired_by: 'admin',
    });
    expect((await server.put(`${RUNBOOKS}/${id}`, { definition: definition('Old') })).body).toMatchObject({
      code: 'runbook/retired',
      message: `Runbook ${id} is retired`,
    });
    expect((await server.delete(`${RUNBOOKS}/${id}`)).status).toBe(409);
    const listed = async (query: string): Promise<string[]> =>
      (await server.get(`${RUNBOOKS}?per_page=100&${query}`)).body.data.runbooks.map(({ name }: any) => name);
    expect(await listed('status=retired')).toContain('Old');
    expect(await listed('status=active')).not.toContain('Old');
    expect(await listed('search=OL')).toEqual(['Old']);
    expect(await listed('search=%25')).toEqual([]);
  });

  it('that a rule chooses are not retired', async () => {
    const id = await made('In use');
    const rule = await server.post('/api/remediation/rules', { name: 'Uses it', runbook_id: id });
    expect((await server.delete(`${RUNBOOKS}/${id}`)).body).toMatchObject({
      code: 'runbook/in-use',
      message: `Runbook ${id} is what a rule chooses: Uses it`,
    });
    await server.delete(`/api/remediation/rules/${rule.body.data.rule.id}`);
    expect((await server.delete(`${RUNBOOKS}/${id}`)).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'No data provided'],
    ['neither form', { name: 'x' }, 'Give either definition or source'],
    ['both forms', { definition: definition('x'), source: YAML }, 'Give either definition or source'],
    ['a definition that is a text', { definition: 'name: x' }, 'definition must be an object'],
    ['a source that is an object', { source: {} }, 'source must be a string of at most 65536 characters'],
    ['an empty source', { source: '' }, 'Give either definition or source'],
    ['a source beyond its size', { source: `# ${'é'.repeat(40_000)}` }, 'source must be at most 65536 bytes'],
    [
      'broken YAML',
      { source: 'name: [x' },
      'source, line 1, column 9: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'an alias',
      { source: 'name: &a x\ndescription: *a' },
      'source, line 1, column 10: anchors are not allowed',
    ],
    ['a tag', { source: 'name: !!js/function "x"' }, 'source, line 1, column 21: tags are not allowed'],
    ['a YAML bomb', { source: '['.repeat(60_000) }, 'source is nested too deep'],
    ['a prototype in YAML', { source: '__proto__: {name: x}' }, 'source: The key "__proto__" is not allowed'],
    ['a number that is none', { source: 'name: .inf' }, 'source: Numbers must be finite'],
    ['a NUL in YAML', { source: 'name: "\\0"' }, 'source: Text must not contain NUL characters'],
    [
      'an unknown action',
      { definition: definition('x', { steps: [{ name: 'a', action: 'delete_data' }] }) },
      'Invalid action_type',
    ],
    [
      'an unknown placeholder',
      {
        definition: definition('x', {
          steps: [{ name: 'a', action: 'custom', parameters: { run: ['{{ env.HOME }}'] } }],
        }),
      },
      'steps[0].parameters.run[0]: {{ env.HOME }} is no placeholder; there are {{ anomaly.id }}, {{ anomaly.severity }}, {{ anomaly.labels.NAME }}, {{ parameters.NAME }}, {{ target.name }}',
    ],
  ])('are refused with %s', async (_, body, message) => {
    const answer = await save(body);
    expect([answer.status, answer.body.message]).toEqual([400, message]);
  });

  it('tell every fault with its place', async () => {
    const { body } = await save({
      definition: { description: 'x', steps: [{ name: 'a', action: 'scale_up', parameters: { by: 0 } }] },
    });
    expect(body).toMatchObject({
      code: 'runbook/invalid',
      message: 'Missing required field: name',
      errors: [
        { field: 'name', message: 'Missing required field: name' },
        {
          field: 'steps[0].parameters.by',
          message: 'steps[0].parameters.by must be an integer between 1 and 100',
        },
      ],
    });
  });

  it('that there are not answer 404, and odd ids 400', async () => {
    expect((await server.get(`${RUNBOOKS}/999999`)).body).toMatchObject({
      code: 'runbook/not-found',
      message: 'Runbook with ID 999999 not found',
    });
    const id = await made('Versioned');
    expect((await server.get(`${RUNBOOKS}/${id}/versions/2`)).body.code).toBe('runbook/version-not-found');
    expect((await server.get(`${RUNBOOKS}/${id}/versions/9007199254740991`)).status).toBe(404);
    expect((await server.get(`${RUNBOOKS}/${id}/versions/zero`)).status).toBe(400);
    expect((await server.get(`${RUNBOOKS}/999999/versions`)).status).toBe(404);
    expect((await server.put(`${RUNBOOKS}/999999`, { definition: definition('x') })).status).toBe(404);
    expect((await server.delete(`${RUNBOOKS}/999999`)).status).toBe(404);
    expect((await server.get(`${RUNBOOKS}?status=odd`)).status).toBe(400);
  });

  it('are read by viewers and saved by admins only; a body sets nothing that is the server’s', async () => {
    const viewer = { token: await server.tokenOf('viewer') };
    const operator = { token: await server.tokenOf('operator') };
    expect((await server.get(RUNBOOKS, viewer)).status).toBe(200);
    expect((await server.post(RUNBOOKS, { source: YAML }, operator)).status).toBe(403);
    const { runbook } = (
      await save({
        definition: definition('Massive'),
        id: 4242,
        version: 9,
        created_by: 'mallory',
        retired_at: '2020-01-01T00:00:00Z',
      })
    ).body.data;
    expect(runbook).toMatchObject({ version: 1, created_by: 'admin', status: 'active' });
    expect(runbook.id).not.toBe(4242);
  });
});
