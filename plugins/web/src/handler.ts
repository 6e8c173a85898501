// Owns the process of the web plugin: its tools, served to the host. Refuses everything else.

import { serve } from '@opencomputer/plugin';
import { tools } from './tools.ts';

await serve(tools);
