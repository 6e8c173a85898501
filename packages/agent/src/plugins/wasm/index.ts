export { launchWasm } from './launch-wasm.ts';
export type { WasmPlaces } from './launch-wasm.ts';
