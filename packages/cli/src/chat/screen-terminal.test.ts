import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { getCapabilities } from '@earendil-works/pi-tui';
import { ScreenTerminal, showLinkAddresses } from './screen-terminal.ts';

test('the scrollback is never erased', () => {
  const written: string[] = [];
  const write = mock.method(process.stdout, 'write', (text: string) => written.push(text) > 0);
  const options = { bytesMax: 10, onTooLarge: () => undefined };
  new ScreenTerminal(options).write('\u001b[2J\u001b[H\u001b[3Jtext');
  write.mock.restore();
  assert.deepEqual(written, ['\u001b[2J\u001b[Htext']);
});

test('links show where they lead', () => {
  showLinkAddresses();
  assert.equal(getCapabilities().hyperlinks, false);
});
