export { createContentStore } from './content-store.ts';
export type { ContentStore, StoredTree } from './content-store.ts';
export { checkLink, checkPath, readTree, treeBytesMax, treeFilesMax } from './tree.ts';
export type { Tree, TreeEntry } from './tree.ts';
