export { assistantSkill } from './assistant-skill.ts';
export type { AssistantFacts, FoundTool } from './assistant-skill.ts';
export { memorySkill } from './memory-skill.ts';
export { abilitiesOf, settingsOf } from './facts.ts';
