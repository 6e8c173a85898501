// Owns `npm run server`: Temporal's server and its schema tool, built from their Go modules at one
// version into the folder of the account's caches. Refuses another version, and to build twice.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The newest whose dependencies a Go of 1.26 builds. */
const version = '1.31.0';
const module = 'go.temporal.io/server';
/** Package of the module, the name that Go gives its program, and the name that it gets. */
const programs = [
  ['cmd/server', 'server', 'temporal-server'],
  ['cmd/tools/sql', 'sql', 'temporal-sql-tool'],
] as const;
const buildMsMax = 45 * 60_000;
const goFolders = ['/usr/local/go/bin', '/usr/lib/go/bin'];

const caches = join(homedir(), '.cache', 'opencomputer', 'temporal');
const target = join(caches, version);

function main(): number {
  if (programs.every(([, , name]) => existsSync(join(target, name)))) {
    console.log(`${target} is there.`);
    return 0;
  }
  const path = [process.env['PATH'], ...goFolders].join(delimiter);
  mkdirSync(caches, { recursive: true });
  const fresh = mkdtempSync(join(caches, 'new-'));
  try {
    for (const [folder, built, name] of programs) {
      const began = performance.now();
      const { status, error } = spawnSync('go', ['install', `${module}/${folder}@v${version}`], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, PATH: path, GOBIN: fresh },
        timeout: buildMsMax,
      });
      if (error !== undefined) throw new Error(`go did not run: ${error.message}`);
      if (status !== 0) throw new Error(`go install ${module}/${folder} failed`);
      renameSync(join(fresh, built), join(fresh, name));
      console.log(`${name} ${version}: ${Math.round((performance.now() - began) / 1000)} s`);
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

process.exitCode = main();
