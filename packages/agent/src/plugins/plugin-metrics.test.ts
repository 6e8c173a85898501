import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PluginMetrics } from './plugin-metrics.ts';

test('calls are counted by version and status, and the share that succeeded is told', () => {
  const metrics = new PluginMetrics();
  const call = { name: 'plugin-call', plugin: 'mail', version: '1.0.0' };
  for (const status of ['done', 'done', 'done', 'failed', 'refused']) {
    metrics.observe({ ...call, status });
  }
  metrics.observe({ ...call, status: 'failed', isCancelled: true });
  metrics.observe({ name: 'plugin-rollback', plugin: 'mail', version: '1.0.0' });
  assert.deepEqual(
    metrics
      .text()
      .split('\n')
      .filter((line) => !line.startsWith('#')),
    [
      'plugin_calls_total{plugin="mail",version="1.0.0",status="cancelled"} 1',
      'plugin_calls_total{plugin="mail",version="1.0.0",status="done"} 3',
      'plugin_calls_total{plugin="mail",version="1.0.0",status="failed"} 1',
      'plugin_calls_total{plugin="mail",version="1.0.0",status="refused"} 1',
      'plugin_success_rate{plugin="mail"} 0.75',
      'plugin_events_total{plugin="mail",event="plugin-rollback"} 1',
      '',
    ],
  );
});

test('a label cannot end its line, and there is an end to the series', () => {
  const metrics = new PluginMetrics();
  metrics.observe({ name: 'x', plugin: 'a"\n\\' });
  assert.ok(metrics.text().includes('{plugin="a\\"\\n\\\\",event="x"} 1'));
  for (let index = 0; index < 6_000; index += 1)
    metrics.observe({ name: 'x', plugin: `p${index}` });
  assert.ok(metrics.text().split('\n').length < 5_020);
});
