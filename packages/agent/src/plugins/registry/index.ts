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
export { packTree } from './pack.ts';
export type { PackedTree } from './pack.ts';
export { publishPlugin } from './plugin-artifact.ts';
export type { Publication, PublishedPlugin } from './plugin-artifact.ts';
export { createSigningKey, readSigningKey } from './signing-key.ts';
export type { SigningKey } from './signing-key.ts';
export { signatureBytesMax, signatureMediaType, signRelease, verifyRelease } from './statement.ts';
export type { Publisher, ReleaseStatement } from './statement.ts';
export type { CurrentIndex, RegistryTrust } from './index-client.ts';
export { refreshIndexes } from './indexes.ts';
export type { IndexesPorts } from './indexes.ts';
export { signRegistryDocument } from './index-documents.ts';
export { resolveName, searchIndexes, withdrawnReason } from './index-query.ts';
export type { FoundRelease } from './index-query.ts';
