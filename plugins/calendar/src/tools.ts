// Owns the list of tools that this plugin serves. Refuses logic of its own.

import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { moveEvent, removeEvent } from './chosen-event.ts';
import { exportCalendar } from './export.ts';
import { createEvent } from './new-event.ts';
import { findFree, listEvents } from './overview.ts';

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool('calendar_create', createEvent),
  tool('calendar_move', moveEvent),
  tool('calendar_list', listEvents),
  tool('calendar_free', findFree),
  tool('calendar_remove', removeEvent),
  tool('calendar_export', exportCalendar),
];
