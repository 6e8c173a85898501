// Owns the names of what an OCI registry holds. Refuses names without a host, so that nothing is
// looked for in a place that nobody named.

import { AgentError } from '@opencomputer/contracts';

/** A repository, and what of it: exactly by digest, or as a tag stands now. */
export interface OciReference {
  /** With its port. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

const form =
  /^([A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?)\/([a-z0-9._/-]+)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
const repositoryForm =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/** Reads `host/name:tag@sha256:…` (OCI distribution 1.1). Throws PLUGIN_SOURCE. */
export function parseOciReference(text: string): OciReference {
  const [, host = '', repository = '', tag, digest] = form.exec(text) ?? [];
  const isHost = host === 'localhost' || /[.:]/.test(host);
  if (!isHost || !repositoryForm.test(repository) || repository.length > 255) {
    const problem = 'write host/name:tag or host/name@sha256:…';
    throw new AgentError('PLUGIN_SOURCE', { reference: text.slice(0, 200), problem });
  }
  return {
    host,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The reference with a digest for what its tag was. */
export function formatOciReference(reference: OciReference): string {
  const { host, repository, tag, digest } = reference;
  const named = tag === undefined ? '' : `:${tag}`;
  return `${host}/${repository}${named}${digest === undefined ? '' : `@${digest}`}`;
}
