import {
  demoImports,
  domainsWithoutOneModule,
  environmentReaders,
  fixtureRoot,
  foldersWithoutPlace,
  forwardReferences,
  importsAgainstTheOrder,
  importsPastTheFace,
  impureImports,
  productSources,
  readSources,
  Source,
  Violation,
} from './import-rules';

/** Who may read `process.env` besides src/config, and why. */
const ENVIRONMENT_READERS = [
  // The migration command line loads this file by itself, without a configuration.
  'schema',
  // Hands PATH on to the database's own programs, and nothing else.
  'database/postgres-cluster',
];

const RULES: [
  story: string,
  fixture: string,
  rule: (sources: readonly Source[]) => Violation[],
  faults: string[],
][] = [
  [
    'gives every folder a place in the order of modules',
    'no-place',
    foldersWithoutPlace,
    ['src/utils has no place in the order of modules'],
  ],
  [
    'imports to the left only: nobody knows who comes later',
    'against-the-order',
    importsAgainstTheOrder,
    [
      'auth/standings.ts -> telemetry/telemetry.service: auth stands before telemetry and must not know it',
      'telemetry/telemetry.service.ts -> anomaly/anomaly.types: telemetry stands before anomaly and must not know it',
      'telemetry/telemetry.service.ts -> app.module: telemetry stands before shell and must not know it',
    ],
  ],
  [
    'shows a domain by its module, service, types and ports, and no table or route to anybody else',
    'past-the-face',
    importsPastTheFace,
    [
      "ai/ai.service.ts -> audit/audit.entity: a entity is its own module's",
      'ai/ai.service.ts -> anomaly/anomaly.repository: from outside a domain only its root *.module, *.service, *.types or *.port may be imported',
      'ai/ai.service.ts -> anomaly/grouping/incident.service: from outside a domain only its root *.module, *.service, *.types or *.port may be imported',
      'ai/ai.service.ts -> anomaly/severity: from outside a domain only its root *.module, *.service, *.types or *.port may be imported',
    ],
  ],
  [
    'keeps its pure files pure',
    'impure',
    impureImports,
    [
      'anomaly/cooldown.ts -> @nestjs/common: a file without a role suffix knows no framework',
      'anomaly/cooldown.ts -> config/config: a pure file gets what it needs as arguments',
      'anomaly/cooldown.ts -> anomaly/anomaly.service: a pure file runs only pure files',
      'anomaly/query.ts -> typeorm: a file without a role suffix knows no framework',
      'anomaly/query.ts -> pg: a file without a role suffix knows no framework',
    ],
  ],
  [
    'has no forwardRef',
    'forward-ref',
    forwardReferences,
    ['ai/ai.module.ts: forwardRef hides a cycle; own a port and let the other register'],
  ],
  [
    'has one module a domain',
    'modules',
    domainsWithoutOneModule,
    [
      'src/ai has 0 modules (none); it must have one',
      'src/ml has 2 modules (ml.module, training.module); it must have one',
    ],
  ],
  [
    'reads its settings in one place',
    'environment',
    (sources) => environmentReaders(sources, ENVIRONMENT_READERS),
    ['anomaly/anomaly.service.ts reads process.env; a setting is a member of a section in src/config'],
  ],
  [
    'is driven by its demonstration from outside',
    'demo',
    demoImports,
    [
      'demo/demo.ts -> anomaly/anomaly.service: the demonstration is a client: it imports no module of the product',
    ],
  ],
];

describe('the product', () => {
  const sources = productSources();

  it.each(RULES)('%s', (_story, _fixture, rule) => {
    expect(rule(sources)).toEqual([]);
  });

  it('is not excepted from a rule that it would keep', () => {
    const readers = environmentReaders(sources);
    expect(
      ENVIRONMENT_READERS.filter((path) => !readers.some((fault) => fault.startsWith(`${path}.ts `))),
    ).toEqual([]);
  });
});

describe('a product that is not so', () => {
  it.each(RULES)('fails where it must: %s', (_story, fixture, rule, faults) => {
    expect([...rule(readSources(fixtureRoot(fixture)))].sort()).toEqual([...faults].sort());
  });
});
