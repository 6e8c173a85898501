export { rankCandidates, tieDistance } from './candidates.ts';
export type { Priors } from './candidates.ts';
export { planFollowUp } from './followup.ts';
export { resolvePlan } from './resolver.ts';
export type { ResolveInput } from './resolver.ts';
export { indexTools, searchTools } from './retrieval.ts';
export type { RankedTool, ToolIndex } from './retrieval.ts';
