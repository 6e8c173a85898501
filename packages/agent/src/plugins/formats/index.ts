export type { GeneratedFile, ImportedPlugin, PluginFormat, ReadFolder } from './imported-plugin.ts';
export { readMarketplace } from './marketplace.ts';
export type { Marketplace, MarketplaceEntry } from './marketplace.ts';
export { readPluginFolder } from './plugin-formats.ts';
export { manifestOfTree, writePluginTree } from './plugin-tree.ts';
export type { ReadHint } from './read-hint.ts';
