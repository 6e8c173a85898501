import assert from 'node:assert/strict';
import { test } from 'node:test';
import { innerRoot } from './inner-root.ts';
import type { InnerRootPlan } from './inner-root.ts';
import type { Grant } from './rights.ts';

const plan: InnerRootPlan = {
  grants: [],
  userId: 1000,
  groupId: 100,
  home: '/tmp/home',
  memoryBytes: 5_000,
  bindsDescriptors: true,
};

function build(grants: readonly Grant[], bindsDescriptors = true) {
  const contents: string[] = [];
  const options = innerRoot(
    { ...plan, grants, bindsDescriptors },
    {
      content: (text) => contents.push(text),
      path: (source) => (source.includes('gone') ? undefined : 50 + source.length),
    },
  );
  return { text: options.join(' '), contents };
}

test('of the host there is /usr and a little of /etc, read-only, and the root is closed at the end', () => {
  const { text, contents } = build([]);
  assert.match(text, /^--ro-bind \/usr \/usr /);
  assert.match(text, /--perms 1777 --size 5000 --tmpfs \/tmp --perms 0777 --dir \/tmp\/home/);
  assert.match(text, /--remount-ro \/$/);
  assert.doesNotMatch(text, /--bind |bind \/(home|root|sys|run|var|etc\/(shadow|ssl )|etc )/);
  assert.ok(contents.includes('')); // No name server.
  assert.ok(contents.some((content) => content.includes('plugin:x:1000:100::/tmp/home')));
});

test('what is granted is bound by its descriptor, its parents open to everybody, once', () => {
  const { text } = build([
    { source: '/a/b/c', target: '/a/b/c', access: 'read' },
    { source: '/a/b/d', target: '/a/b/d', access: 'write' },
    { source: '/dev/x', target: '/dev/x', access: 'device' },
  ]);
  assert.match(
    text,
    /--perms 0755 --dir \/a --perms 0755 --dir \/a\/b --ro-bind-fd 56 \/a\/b\/c --bind-fd 56 \/a\/b\/d --dev-bind \/dev\/x \/dev\/x --remount-ro \/$/,
  );
});

test('in a folder that is bound no folder is made: that would write to the host', () => {
  const { text } = build([
    { source: '/a', target: '/a', access: 'write' },
    { source: '/a/b/c', target: '/a/b/c', access: 'read' },
  ]);
  assert.match(text, /--bind-fd 52 \/a --ro-bind-fd 56 \/a\/b\/c --remount-ro/);
});

test('what is gone is not bound; an older bubblewrap binds by name', () => {
  const { text } = build(
    [
      { source: '/gone', target: '/gone', access: 'read' },
      { source: '/real', target: '/link', access: 'read' },
    ],
    false,
  );
  assert.match(text, /--ro-bind \/real \/link --remount-ro/);
  assert.doesNotMatch(text, /gone/);
});
