// Owns the set-up that every npm script runs first: dependencies as locked, and the built program.
// Refuses to do anything twice, and is written for the oldest Node that could start it (12).
'use strict';

const childProcess = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { acquireLock } = require('./setup-lock.cjs');

const NODE_MAJOR_MIN = 18;
const NODE_MAJOR_TO_RUN_MIN = 24;
const PROGRESS_FIRST_MS = 1000;
const PROGRESS_EVERY_MS = 10000;
const OUTPUT_CHARACTERS_MAX = 8000;

/** The folders of a checkout that the set-up reads and writes. */
function placesOf(root) {
  return {
    root: root,
    modules: path.join(root, 'node_modules'),
    marker: path.join(root, 'node_modules', '.setup'),
    lock: path.join(root, '.setup-lock'),
    built: path.join(root, 'packages', 'cli', 'dist', '.sources'),
  };
}

function readOr(file, fallback) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

/** What decides whether the installed dependencies are the right ones. */
function installHash(places) {
  const hash = crypto.createHash('sha256');
  hash.update(readOr(path.join(places.root, 'package-lock.json'), ''));
  hash.update(process.platform + ' ' + process.arch);
  return hash.digest('hex');
}

/** What decides whether the built program is current: every file that goes into it, by content. */
function sourcesHash(places) {
  const hash = crypto.createHash('sha256').update(installHash(places));
  const visit = function (folder) {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!/^(node_modules|dist|dist-types|coverage)$/.test(entry.name)) visit(file);
      } else if (!entry.name.endsWith('.test.ts')) {
        hash.update(path.relative(places.root, file)).update(fs.readFileSync(file));
      }
    }
  };
  for (const folder of ['packages', 'plugins']) visit(path.join(places.root, folder));
  hash.update(readOr(path.join(places.root, 'scripts', 'build.ts'), ''));
  return hash.digest('hex');
}

/** The Node of the installed platform package, or undefined where there is none. */
function packagedNode(places) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const lock = JSON.parse(fs.readFileSync(path.join(places.root, 'package-lock.json'), 'utf8'));
  return Object.keys(lock.packages[''].optionalDependencies || {})
    .map((each) => path.join(places.modules, each, 'bin', name))
    .find((program) => fs.existsSync(program));
}

/** True when an `npm ci` or `npm install` by hand already put the locked packages there. */
function isInstalledByHand(places) {
  if (!packagedNode(places)) return false;
  const versionsIn = (file) => {
    try {
      return JSON.parse(readOr(file, '{}')).packages || {};
    } catch {
      return {};
    }
  };
  const wanted = versionsIn(path.join(places.root, 'package-lock.json'));
  const found = versionsIn(path.join(places.modules, '.package-lock.json'));
  return Object.keys(wanted)
    .filter((name) => /node_modules/.test(name) && !wanted[name].optional)
    .every((name) => found[name] && found[name].version === wanted[name].version);
}

/** npm 10 leaves `.bin/node` out when several platform packages offer it. */
function linkNode(places) {
  const link = path.join(places.modules, '.bin', 'node');
  const program = packagedNode(places);
  if (process.platform === 'win32' || fs.existsSync(link) || !program) return;
  try {
    fs.unlinkSync(link);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  fs.symlinkSync(path.relative(path.dirname(link), program), link);
}

/** Says every few seconds what is being waited for; the returned function ends that. */
function tellProgress(what) {
  const started = Date.now();
  const tell = (more) => {
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write('setup: ' + what + ' … ' + more + seconds + ' s\n');
  };
  let timer = setTimeout(function again() {
    tell('');
    timer = setTimeout(again, PROGRESS_EVERY_MS);
  }, PROGRESS_FIRST_MS);
  return (isDone) => {
    clearTimeout(timer);
    if (isDone && Date.now() - started > PROGRESS_FIRST_MS) tell('done in ');
  };
}

/**
 * Runs a program in `root` without input; rejects with the end of its output when it fails. An
 * interrupt kills it at once: npm would tidy up for half a minute what the next run starts anew.
 */
function run(what, command, options) {
  return new Promise((resolve, reject) => {
    const endProgress = tellProgress(what);
    const child = childProcess.spawn(command[0], command.slice(1), {
      cwd: options.root,
      shell: Boolean(options.shell),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let isStopped = false;
    const stop = () => {
      isStopped = true;
      child.kill('SIGKILL');
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    const end = (problem) => {
      process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
      endProgress(!problem);
      if (isStopped) reject(new Error(what + ' was interrupted.'));
      else if (!problem) resolve();
      else reject(new Error(what + ' failed (' + problem + ').\n' + output.trim()));
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => end(code === 0 ? '' : signal || 'exit code ' + code));
  });
}

function install(places) {
  if (fs.existsSync(places.marker)) fs.unlinkSync(places.marker);
  const npm = process.env.npm_execpath || '';
  const isNpm = /npm-cli\.c?js$/.test(npm);
  const program = isNpm ? [process.env.npm_node_execpath || process.execPath, npm] : ['npm'];
  const flags = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit'];
  const command = program.concat(['ci', '--no-fund', '--loglevel=error'], flags);
  const shell = !isNpm && process.platform === 'win32';
  return run('installing dependencies', command, { root: places.root, shell: shell });
}

function build(places) {
  const node = packagedNode(places);
  if (!node && majorVersion() < NODE_MAJOR_TO_RUN_MIN) {
    const platform = process.platform + ' ' + process.arch;
    throw new Error(
      'no packaged Node.js for ' + platform + ': install Node.js ' + NODE_MAJOR_TO_RUN_MIN + '.',
    );
  }
  const script = path.join(places.root, 'scripts', 'build.ts');
  return run('building', [node || process.execPath, script], { root: places.root });
}

/** Does what is missing and nothing else; safe to run twice at once. */
async function setup(root) {
  const places = placesOf(root);
  const isInstalled = () => readOr(places.marker, '') === installHash(places);
  const isBuilt = () => readOr(places.built, '') === sourcesHash(places);
  if (isInstalled() && isBuilt()) return;
  const release = await acquireLock(places.lock);
  try {
    if (!isInstalled()) {
      if (!isInstalledByHand(places)) await install(places);
      linkNode(places);
      fs.writeFileSync(places.marker, installHash(places));
    }
    if (!isBuilt()) {
      const hash = sourcesHash(places);
      await build(places);
      fs.mkdirSync(path.dirname(places.built), { recursive: true });
      fs.writeFileSync(places.built, hash);
    }
  } finally {
    release();
  }
}

function majorVersion() {
  return Number(process.versions.node.split('.')[0]);
}

/** One sentence for a Node whose npm cannot read the lockfile, or undefined. */
function refusal(version) {
  if (Number(version.split('.')[0]) >= NODE_MAJOR_MIN) return undefined;
  return (
    'OpenComputer brings its own Node.js, but needs Node.js ' +
    NODE_MAJOR_MIN +
    ' or newer to install it (this is ' +
    version +
    '): install one from https://nodejs.org and run the command again.'
  );
}

function main() {
  const problem = refusal(process.versions.node);
  if (problem) {
    process.stderr.write(problem + '\n');
    process.exitCode = 1;
    return;
  }
  setup(path.join(__dirname, '..')).catch(function (error) {
    process.stderr.write('setup: ' + error.message + '\nsetup: run the command again to retry.\n');
    process.exitCode = 1;
  });
}

module.exports = { setup };
if (require.main === module) main();
