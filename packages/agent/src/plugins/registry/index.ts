export { createOciClient, digestOf, readDescriptor } from './oci-client.ts';
export type {
  OciClient,
  OciClientPorts,
  OciDescriptor,
  OciManifest,
  OciPlatform,
} from './oci-client.ts';
export type { OciCredentials } from './oci-login.ts';
export { formatOciReference, parseOciReference } from './oci-reference.ts';
export type { OciReference } from './oci-reference.ts';
