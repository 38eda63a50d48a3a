import { readConfig } from '../config/config';
import { variablesOf } from '../config/environment';
import { AuthConfig, SECTIONS, ServerConfig } from '../config/sections';
import { describeSettings, sectionName } from './config-description';

const SECRET = 'a-very-secret-text-of-more-than-32-bytes';
const config = readConfig({
  JWT_SECRET: SECRET,
  DATABASE_URL: `postgres://someone:${SECRET}@db/ops`,
  PORT: '8080',
});

describe('the description of the configuration', () => {
  it('shows the value in use beside its default', () => {
    expect(describeSettings(variablesOf(ServerConfig), config.server)).toContainEqual({
      name: 'PORT',
      description: 'Port to listen on; 0 takes a free one',
      value: 8080,
      default: '5000',
      secret: false,
    });
  });

  it('shows of a secret only whether it is set', () => {
    const settings = describeSettings(variablesOf(AuthConfig), config.auth);
    expect(settings.find(({ name }) => name === 'JWT_SECRET')).toMatchObject({ value: 'set', secret: true });
    expect(settings.find(({ name }) => name === 'ADMIN_PASSWORD')).toMatchObject({ value: 'not set' });
  });

  it('holds no secret in any section', () => {
    const sections = Object.entries(config) as [string, object][];
    const all = SECTIONS.map((section) => {
      const values = sections.find(([name]) => name === sectionName(section.name))?.[1];
      return describeSettings(variablesOf(section), values ?? {});
    });
    expect(all.flat().length).toBeGreaterThan(10);
    expect(JSON.stringify(all)).not.toContain(SECRET);
  });
});
