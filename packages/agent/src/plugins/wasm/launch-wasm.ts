// Owns how a WebAssembly module is run: a short program of ours under Node, which gives it its
// arguments and the standard streams. Refuses environment, network, and folders but one that is asked.

import type { Manifest } from '@opencomputer/contracts';
import type { ChildSpecification } from '../child.ts';

const PAGE_BYTES = 65_536;

/**
 * Runs `module tool` (WASI preview 1): exit code and output are the module's own; a trap is a failure
 * with its reason. In text, so that it needs no file that a sandbox would have to show.
 */
const RUNNER = `
const { readFileSync } = process.getBuiltinModule('node:fs');
const { WASI } = process.getBuiltinModule('node:wasi');
const [file, tool, data] = process.argv.slice(1);
const preopens = data === undefined ? {} : { '/data': data };
const wasi = new WASI({ version: 'preview1', args: ['plugin', tool], env: {}, preopens });
try {
  const module = new WebAssembly.Module(readFileSync(file));
  process.exitCode = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
} catch (error) {
  process.stderr.write(String(error.message).slice(0, 300) + '\\n');
  process.exitCode = 1;
}
`;

/** Where a module and its folders are. */
export interface WasmPlaces {
  /** The Node program. */
  readonly node: string;
  /** The module, its real path. */
  readonly module: string;
  /** Where the runner starts; the module does not see it. */
  readonly directory: string;
  /** The plugin's own folder, which the module sees as `/data`; without it, it sees no file. */
  readonly data?: string;
}

/**
 * How each call of a module is run, for `CommandConnection`. Its memory is bounded in whole pages of
 * 64 kB. Node does not promise that WASI holds a hostile module: the sandbox around the process does.
 */
export function launchWasm(
  manifest: Pick<Manifest, 'resources'>,
  places: WasmPlaces,
): (tool: string) => ChildSpecification {
  const { memoryMb, outputBytesMax } = manifest.resources;
  const { node, module, directory, data } = places;
  const pages = Math.floor((memoryMb * 1_048_576) / PAGE_BYTES);
  const folders = data === undefined ? [] : [`--allow-fs-read=${data}`, `--allow-fs-write=${data}`];
  return (tool) => ({
    command: node,
    arguments: [
      `--max-old-space-size=${memoryMb}`,
      `--wasm-max-mem-pages=${Math.min(pages, 65_536)}`,
      '--disable-sigusr1',
      '--no-warnings',
      '--permission',
      '--allow-wasi',
      `--allow-fs-read=${module}`,
      ...folders,
      '--eval',
      RUNNER,
      '--',
      module,
      tool,
      ...(data === undefined ? [] : [data]),
    ],
    environment: {},
    directory,
    lineBytesMax: outputBytesMax,
  });
}
