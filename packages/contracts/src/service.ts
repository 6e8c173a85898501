// Owns the typed reference by which one plugin provides a service and another requires it. Refuses a
// service without a version: what is required is always a range.

import * as z from 'zod';
import { toolName } from './tool.ts';

/** A typed service that other plugins can require: named operations, each one of the tools. */
export const serviceDeclaration = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  operations: z.record(z.string(), toolName),
});
export type ServiceDeclaration = z.infer<typeof serviceDeclaration>;

/** A service that this plugin calls through the host. */
export const serviceRequirement = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\^\d+(\.\d+){0,2}$/),
  optional: z.boolean().default(false),
});
export type ServiceRequirement = z.infer<typeof serviceRequirement>;
