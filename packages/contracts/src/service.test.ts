import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceDeclaration, serviceRequirement } from './service.ts';

test('a service is provided in an exact version and required in a range', () => {
  const operations = { list: 'calendar_list' };
  const provided = { name: 'calendar', version: '1.2.0', operations };
  assert.equal(serviceDeclaration.safeParse(provided).success, true);
  assert.equal(serviceDeclaration.safeParse({ ...provided, version: '^1' }).success, false);
  const required = serviceRequirement.parse({ name: 'calendar', version: '^1' });
  assert.equal(required.optional, false);
  assert.equal(serviceRequirement.safeParse({ name: 'calendar', version: '*' }).success, false);
});
