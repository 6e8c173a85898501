export { createPriors, feedbackMigrations } from './priors.ts';
export type { Priors } from './priors.ts';
