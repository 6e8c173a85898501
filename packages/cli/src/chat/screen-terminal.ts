// Owns the terminal that the chat draws on. Refuses to erase the scrollback, which holds what was
// there before the chat began, and to buffer a paste that no message can hold.

import { ProcessTerminal, setCapabilityOverrides } from '@earendil-works/pi-tui';
import { PasteGate } from './paste-gate.ts';
import type { PasteGateOptions } from './paste-gate.ts';

const ERASE_SCROLLBACK = '\u001b[3J';

/** Standard input and output of this process. */
export class ScreenTerminal extends ProcessTerminal {
  readonly #gate: PasteGate;
  #restore: (() => void) | undefined;

  constructor(options: PasteGateOptions) {
    super();
    this.#gate = new PasteGate(options);
  }

  override start(onInput: (data: string) => void, onResize: () => void): void {
    const before = process.stdin.listeners('data');
    super.start(onInput, onResize);
    // The parser of keys looks through all of a paste at each of its chunks: the gate hands it over
    // as one.
    const [parse] = process.stdin.listeners('data').filter((each) => !before.includes(each));
    if (parse === undefined) return;
    const listener = parse as (data: string) => void;
    const gated = (data: string): void => {
      const passed = this.#gate.take(data);
      if (passed !== '') listener(passed);
    };
    process.stdin.off('data', listener).on('data', gated);
    this.#restore = () => process.stdin.off('data', gated);
  }

  override stop(): void {
    this.#restore?.();
    super.stop();
  }

  override write(data: string): void {
    super.write(data.includes(ERASE_SCROLLBACK) ? data.replaceAll(ERASE_SCROLLBACK, '') : data);
  }
}

/** Links are shown with their address, so that a text cannot hide where it leads. */
export function showLinkAddresses(): void {
  setCapabilityOverrides({ hyperlinks: false, images: null });
}
