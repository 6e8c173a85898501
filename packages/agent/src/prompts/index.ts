export { createStamp, offerTools, renderPrompt, systemTemplate } from './prompt.ts';
export { sectionsOf } from './sections.ts';
