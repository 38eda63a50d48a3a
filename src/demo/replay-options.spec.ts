import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { metricName, readReplayOptions } from './replay-options';

describe('the command line of a replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-options-'));
  const file = join(folder, 'ec2-cpu.csv');
  const empty = join(folder, 'empty.csv');

  beforeAll(() => {
    writeFileSync(file, 'timestamp,value\n1,2\n');
    writeFileSync(empty, '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('needs a file only, and names the metric after it', () => {
    expect(readReplayOptions([file])).toEqual({
      path: file,
      bytes: 20,
      name: 'ec2_cpu',
      remote: null,
      isKept: false,
    });
  });

  it('takes a running product and a name', () => {
    const args = [file, '--name', 'cpu', '--url', 'http://localhost:5000/', '--token', 't', '--keep'];
    expect(readReplayOptions(args)).toMatchObject({
      name: 'cpu',
      remote: { url: 'http://localhost:5000', token: 't' },
      isKept: true,
    });
  });

  it.each([
    ['no file', [], 'Name one CSV file'],
    ['two files', [file, file], 'Name one CSV file'],
    ['a file that is not there', ['/nowhere/a.csv'], 'There is no file /nowhere/a.csv'],
    ['a folder', [folder], 'is not a file'],
    ['an empty file', [empty], 'is empty'],
    ['an address without a token', [file, '--url', 'http://a'], '--url and --token go together'],
    ['a token without an address', [file, '--token', 't'], '--url and --token go together'],
    [
      'an address that is none',
      [file, '--url', 'localhost:5000', '--token', 't'],
      'is no address such as http://localhost:5000',
    ],
    ['an option that is not known', [file, '--fast'], 'Unknown option'],
  ])('refuses %s', (_, args, message) => {
    expect(() => readReplayOptions(args)).toThrow(message);
  });
});

describe('a metric name', () => {
  it.each([
    ['ec2_cpu', 'ec2_cpu'],
    ['exchange-4 cpc', 'exchange_4_cpc'],
    ['4xx', '_4xx'],
    ['Größe', 'Gr__e'],
    ['', '_'],
  ])('of %j is %s', (text, name) => {
    expect(metricName(text)).toBe(name);
  });
});
