export { createStamp, offerTools, renderPrompt, searchTool, systemTemplate } from './prompt.ts';
export { sectionsOf } from './sections.ts';
