#!/usr/bin/env node
// Owns the first instants of the program: the version check, the compile cache, and the start of
// the built program, or of the sources in a checkout. Refuses syntax that an old Node cannot parse.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

const NODE_MAJOR_MIN = 24;
/** Milliseconds in which output may still be flushed after a command has ended. */
const LINGER_MS_MAX = 2000;
const built = path.join(__dirname, '..', 'dist', 'main.js');
const source = path.join(__dirname, '..', 'src', 'main.ts');

/** Beside the program when that can be written, else with the person's other caches. */
function cacheFolder() {
  try {
    fs.accessSync(path.dirname(built), fs.constants.W_OK);
    return path.join(path.dirname(built), '.cache');
  } catch {
    return path.join(os.homedir(), '.cache', 'opencomputer');
  }
}

/**
 * A server that waits for people most of the time: collect early, keep the young generation small,
 * collect it on the thread that waits for it anyway, and let go of the compiler's memory at once
 * instead of when a background thread comes to it (decisions 0015 and 0029).
 */
function tuneMemory() {
  const v8 = require('v8');
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--heap-growing-percent=30');
  v8.setFlagsFromString('--no-parallel-scavenge');
  v8.setFlagsFromString('--no-maglev-destroy-on-background');
}

function start() {
  tuneMemory();
  const isBuilt = fs.existsSync(built);
  if (isBuilt) require('module').enableCompileCache(cacheFolder());
  const main = require('url').pathToFileURL(isBuilt ? built : source).href;
  return import(main)
    .then((program) => program.main(process.argv.slice(2)))
    .then((exitCode) => {
      process.exitCode = exitCode;
      // The command has ended and closed what it opened; nothing left over may hold the person up.
      setTimeout(() => process.exit(), LINGER_MS_MAX).unref();
    });
}

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(
    'OpenComputer needs Node.js ' +
      NODE_MAJOR_MIN +
      ' or newer; this is ' +
      process.versions.node +
      ': install a current one from https://nodejs.org, or run it with `npm start` in a checkout.\n',
  );
  process.exitCode = 1;
} else {
  void start();
}
