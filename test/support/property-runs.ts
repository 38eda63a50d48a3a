import fc from 'fast-check';

/** How often a property is tried where it does not say so itself; `npm run torture` asks for a hundred thousand. */
const RUNS = 1_000;

fc.configureGlobal({ numRuns: Number(process.env.PROPERTY_RUNS ?? RUNS) });
