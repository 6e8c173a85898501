export { indexTools, searchTools } from './retrieval.ts';
