import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingHttpHeaders } from 'node:http';
import { createAccessCheck } from './access.ts';

const checkHead = createAccessCheck('s3cret');
const check = (headers: IncomingHttpHeaders): void => checkHead({ url: '/', headers });
const good = { host: '127.0.0.1:8080', authorization: 'Bearer s3cret' };

test('the key lets a caller in who names this machine', () => {
  for (const host of ['127.0.0.1', 'localhost:1', 'LOCALHOST:65535', '[::1]:80', '127.0.0.1:80']) {
    check({ ...good, host });
  }
  check({ ...good, authorization: 'bearer   s3cret ' });
  for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:9']) {
    check({ ...good, origin });
  }
});

test('a missing, wrong, longer, shorter or differently sent key is refused', () => {
  const keys = [undefined, '', 'Bearer', 'Bearer ', 'Bearer s3cre', 'Bearer s3cret2', 's3cret'];
  for (const authorization of [...keys, 'Basic s3cret', 'Bearer s3cret s3cret', 'BearerS3cret']) {
    const headers = { host: good.host, ...(authorization === undefined ? {} : { authorization }) };
    assert.throws(() => check(headers), { code: 'UNAUTHORISED' }, authorization);
  }
});

test('a name that only points to this machine is refused even with the key', () => {
  const names = ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io:8080', '0.0.0.0', ''];
  for (const host of [...names, 'localhost@evil.example', '127.0.0.1:80:80', '2130706433']) {
    assert.throws(() => check({ ...good, host }), { code: 'INPUT_INVALID' }, host);
  }
  assert.throws(() => check({ authorization: good.authorization }), { code: 'INPUT_INVALID' });
});

test('a page of another origin is refused even with the key', () => {
  const origins = ['null', '', 'https://evil.example', 'http://localhost.evil.example', 'file://'];
  for (const origin of [...origins, 'http://localhost:80/x', 'chrome-extension://abc']) {
    assert.throws(() => check({ ...good, origin }), { code: 'ORIGIN_REFUSED' }, origin);
  }
});

test('a request line that names a machine itself is refused', () => {
  for (const url of ['http://evil.example/', '*', '', 'localhost:80', undefined]) {
    const head = url === undefined ? { headers: good } : { url, headers: good };
    assert.throws(() => checkHead(head), { code: 'INPUT_INVALID' });
  }
});

test('an empty key is a defect and never lets everybody in', () => {
  assert.throws(() => createAccessCheck(''), { code: 'INTERNAL' });
});
