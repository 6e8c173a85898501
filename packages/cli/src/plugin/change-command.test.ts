import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import * as commands from './change-command.ts';

test('each command asks for its own change and says what it means', async () => {
  const asked: unknown[] = [];
  const service = fakeService();
  const plain = service.query;
  service.query = async (name, input) => {
    asked.push([name, input]);
    return plain(name, input);
  };
  const context = testContext({ agent: doorTo(service) });
  const all = [
    [commands.pluginEnable, 'enable'],
    [commands.pluginDisable, 'disable'],
    [commands.pluginPin, 'pin'],
    [commands.pluginUnpin, 'unpin'],
    [commands.pluginRollback, 'roll-back'],
    [commands.pluginPromote, 'promote'],
  ] as const;
  for (const [command, change] of all) {
    assert.equal(await command(context, ['weather'], {}), 0);
    assert.deepEqual(asked.pop(), ['plugin-change', { plugin: 'weather', change }]);
  }
  assert.equal(await commands.pluginRemove(context, ['weather'], {}), 0);
  assert.deepEqual(asked.pop(), ['plugin-remove', { plugin: 'weather' }]);
  const lines = context.output.text().trimEnd().split('\n');
  assert.equal(lines.length, 7);
  assert.equal(lines[4], 'weather is at 1.0.0 again.');
});
