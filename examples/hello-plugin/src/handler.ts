// Owns the process of the plugin: its tools, served over standard input and output. Refuses
// everything else.

import { serve } from '@opencomputer/plugin';
import { tools } from './tools.ts';

await serve(tools);
