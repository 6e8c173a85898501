// Owns the terminal that the chat draws on. Refuses to erase the scrollback: it holds what was there
// before the chat began, which is not the chat's to delete.

import { ProcessTerminal, setCapabilityOverrides } from '@earendil-works/pi-tui';

const ERASE_SCROLLBACK = '\u001b[3J';

/** Standard input and output of this process, without the sequence that erases the scrollback. */
export class ScreenTerminal extends ProcessTerminal {
  override write(data: string): void {
    super.write(data.includes(ERASE_SCROLLBACK) ? data.replaceAll(ERASE_SCROLLBACK, '') : data);
  }
}

/** Links are shown with their address, so that a text cannot hide where it leads. */
export function showLinkAddresses(): void {
  setCapabilityOverrides({ hyperlinks: false, images: null });
}
