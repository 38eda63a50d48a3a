import { refuseManyValues } from './json-size';

const bytes = (text: string) => Buffer.from(text);

describe('the size of JSON', () => {
  it.each([
    ['objects', `[${'{},'.repeat(400_000)}{}]`],
    ['lists', `[${'[],'.repeat(400_000)}[]]`],
    ['numbers', `[${'1,'.repeat(600_000)}1]`],
    ['members', `{${'"a":1,'.repeat(600_000)}"b":1}`],
    ['levels', '['.repeat(1_000_001)],
  ])('is too large where it has too many %s', (_, text) => {
    expect(() => refuseManyValues(bytes(text))).toThrow('more than 500000 values');
  });

  it.each([
    ['a long text', JSON.stringify('x'.repeat(2_000_000))],
    ['a text that looks like very many values', JSON.stringify('[{",'.repeat(600_000))],
    ['a text that ends in a backslash', JSON.stringify([`${'[,'.repeat(600_000)}\\`, '[{,'])],
    ['as many values as there may be', `[${'1,   '.repeat(400_000)}1]`],
    ['what is no JSON, but short', '{{{{'],
  ])('is fine where it is %s', (_, text) => {
    expect(() => refuseManyValues(bytes(text))).not.toThrow();
  });
});
