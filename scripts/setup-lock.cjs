// Owns the lock that keeps two set-ups of one checkout apart. Refuses to be held by the dead: a lock
// whose process is gone, or whose heartbeat stopped, is taken over.
'use strict';

const fs = require('fs');
const os = require('os');

const HEARTBEAT_MS = 2000;
const STALE_MS = 60000;
const POLL_MS = 200;
const WAIT_MS_MAX = 15 * 60 * 1000;

function owner() {
  return os.hostname() + ' ' + process.pid;
}

/** Creates the lock file; false when it exists. */
function tryCreate(file) {
  try {
    fs.writeFileSync(file, owner(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The lock's content when its holder is gone, else null. An empty lock is still being written. */
function staleContent(file) {
  let content;
  let age;
  try {
    content = fs.readFileSync(file, 'utf8');
    age = Date.now() - fs.statSync(file).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
  const parts = content.split(' ');
  const isDead = parts[0] === os.hostname() && parts.length === 2 && !isAlive(Number(parts[1]));
  return isDead || age > STALE_MS ? content : null;
}

/** Moves a stale lock aside. A lock that another process renewed meanwhile is put back. */
function removeStale(file, content) {
  const aside = file + '-' + process.pid;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, 'utf8') !== content) fs.linkSync(aside, file);
    fs.unlinkSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

function pause(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Waits for the lock at most 15 minutes; the returned function gives it back. */
async function acquireLock(file) {
  const started = Date.now();
  let isTold = false;
  while (!tryCreate(file)) {
    const content = staleContent(file);
    if (content !== null) {
      removeStale(file, content);
      continue;
    }
    if (Date.now() - started > WAIT_MS_MAX) {
      throw new Error('another set-up has been running for 15 minutes; if not, delete ' + file);
    }
    if (!isTold && Date.now() - started > 1000) {
      process.stderr.write('setup: waiting for another set-up of this folder …\n');
      isTold = true;
    }
    await pause(POLL_MS);
  }
  const heartbeat = setInterval(
    () => fs.utimes(file, new Date(), new Date(), () => {}),
    HEARTBEAT_MS,
  );
  return function release() {
    clearInterval(heartbeat);
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === owner()) fs.unlinkSync(file);
  };
}

module.exports = { acquireLock };
