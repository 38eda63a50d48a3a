import { createTestDatabase } from '../support/test-database';
import { HOSTILE_CATEGORIES, sendHostileBodies } from '../torture/hostile-bodies';

const PER_CATEGORY = 60;
const BOMBS = 17;

/** Done with thousands of bodies by `npm run torture`. */
describe('mutated bodies and bombs', () => {
  it('are taken or refused in every protocol, never a fault of ours; memory stays bounded, and clean ones are stored afterwards', async () => {
    const database = await createTestDatabase();
    try {
      const { figures, breaches } = await sendHostileBodies(database, {
        perCategory: PER_CATEGORY,
        bombs: BOMBS,
      });
      expect(breaches).toEqual([]);
      expect(figures['mutated bodies']).toBe(PER_CATEGORY * HOSTILE_CATEGORIES.length);
      // Mutations that leave nothing readable would show little.
      expect(figures.stored).toBeGreaterThan(PER_CATEGORY / 2);
      expect(figures.refused).toBeGreaterThan(PER_CATEGORY / 2);
    } finally {
      await database.drop();
    }
  }, 180_000);
});
