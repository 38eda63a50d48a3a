import { sendGeneratedRequests } from '../torture/generated-requests';

/** `npm run torture -- --only requests` sends a hundred thousand, over twenty other seeds. */
const COUNT = 2_000;
const SEED = 20_261_124;

describe('requests generated from the OpenAPI document', () => {
  it('meet no 5xx and no surprise, reach every operation, and leave the product as it was for everybody else', async () => {
    const { figures, breaches } = await sendGeneratedRequests({ count: COUNT, seeds: [SEED] });
    expect(breaches).toEqual([]);
    expect(figures.requests).toBe(COUNT);
    expect(figures.succeeded).toBeGreaterThan(COUNT / 4);
  }, 260_000);
});
