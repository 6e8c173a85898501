export { createStamp, offerTools, renderPrompt, searchTool, systemTemplate } from './prompt.ts';
