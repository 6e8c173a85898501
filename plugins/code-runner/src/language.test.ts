import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLanguage, stripFence } from './language.ts';

test('a name decides, whatever the code looks like, and an unknown one is not guessed', () => {
  assert.equal(readLanguage('Python3', 'console.log(1)'), 'python');
  assert.equal(readLanguage('js', 'print(1)'), 'javascript');
  assert.equal(readLanguage('bash', '1'), 'shell');
  assert.equal(readLanguage('rust', 'print(1)'), undefined);
});

test('code without a name is what it looks like', () => {
  const looks = {
    python: [
      'print(2+2)',
      'import math\nmath.pi',
      'for i in range(3):\n  print(i)',
      'sum([1,2,3])',
      '2+2',
    ],
    javascript: ['console.log(1)', 'const a = 1', '[1,2].map((x) => x * 2)', 'let x = 2; x * 3;'],
    shell: ['echo hello', 'ls -la | wc -l', '#!/bin/sh\ntrue', 'date'],
  };
  for (const [language, codes] of Object.entries(looks)) {
    for (const code of codes) assert.equal(readLanguage(undefined, code), language, code);
  }
});

test('the marks of a block are no code and name its language', () => {
  assert.deepEqual(stripFence('```python\nprint(1)\n```'), {
    code: 'print(1)',
    language: 'python',
  });
  assert.deepEqual(stripFence('~~~\na\nb\n~~~\n'), { code: 'a\nb' });
  assert.deepEqual(stripFence('`2+2`'), { code: '2+2' });
  assert.deepEqual(stripFence('for me ```js\n1\n``` please'), { code: '1', language: 'js' });
  assert.deepEqual(stripFence('bash: ls -la'), { code: 'ls -la', language: 'bash' });
  assert.deepEqual(stripFence('python code: print(1)'), { code: 'print(1)', language: 'python' });
  assert.deepEqual(stripFence('if x: y'), { code: 'if x: y' });
  assert.deepEqual(stripFence('a `b` c'), { code: 'a `b` c' });
});
