// Owns what the SDK's client is told about us and what it gives us to keep, for one plugin's server.
// Refuses to register, and to ask for rights, where nobody can log in.

import { computeScopeUnion } from '@modelcontextprotocol/client';
import type {
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { AgentError } from '@opencomputer/contracts';
import type { Grant } from './grant.ts';

/** Where a person can be sent. */
export interface LoginPlace {
  readonly redirectUrl: string;
  newState(): string;
}

/** What a provider stands on. */
export interface ProviderParts {
  readonly plugin: string;
  /** What is known when it is made; read once. */
  read(): Promise<Grant>;
  keep(grant: Grant): Promise<void>;
  /** Absent where nobody can log in. */
  readonly login?: LoginPlace;
  /** Registered by hand: then no other is used. */
  readonly registered?: StoredOAuthClientInformation | undefined;
  /** HTTPS address of a document that describes us, for servers that take it as a client's name. */
  readonly clientMetadataUrl?: string | undefined;
}

/** Never used: whoever has no place to come back to is not sent away. */
const NO_PLACE = 'http://127.0.0.1/callback';

/** Of one connection, or of one login. */
export class AccessProvider implements OAuthClientProvider {
  readonly clientMetadataUrl?: string;
  readonly #parts: ProviderParts;
  #grant: Promise<Grant> | undefined;
  #verifier: string | undefined;
  #discovery: OAuthDiscoveryState | undefined;
  #isAnswered = false;
  /** Where the person is to be sent; undefined when nothing waits. */
  pending: URL | undefined;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    if (parts.clientMetadataUrl !== undefined) this.clientMetadataUrl = parts.clientMetadataUrl;
  }

  get redirectUrl(): string {
    return this.#parts.login?.redirectUrl ?? NO_PLACE;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'OpenComputer',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // A program on a person's machine keeps no secret (RFC 8252 section 8.5).
      token_endpoint_auth_method: 'none',
    };
  }

  state(): string {
    return this.#parts.login?.newState() ?? '';
  }

  async clientInformation(
    context?: OAuthClientInformationContext,
  ): Promise<StoredOAuthClientInformation | undefined> {
    const { registered, login } = this.#parts;
    const client = registered ?? (await this.#read()).client;
    if (registered === undefined && login !== undefined) return client;
    if (client === undefined) throw this.#needsLogin('nobody has logged in yet');
    if (context !== undefined && client.issuer !== context.issuer) {
      throw this.#needsLogin('its authorization server is another one than that of the client');
    }
    return client;
  }

  /** Kept with the tokens: a registration of a login that was broken off is of no use. */
  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    this.#change({ ...(await this.#read()), client });
  }

  async tokens(): Promise<StoredOAuthTokens | undefined> {
    return (await this.#read()).tokens;
  }

  async saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    const { url, client } = await this.#read();
    const used = this.#parts.registered ?? client;
    const grant = { url, ...(used === undefined ? {} : { client: used }), tokens };
    this.#change(grant);
    await this.#parts.keep(grant);
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    const grant = await this.#read();
    const scope = computeScopeUnion(url.searchParams.get('scope') ?? undefined, grant.scope);
    if (this.#parts.login === undefined) {
      // The next login asks for it.
      if (scope !== undefined) await this.#parts.keep({ ...grant, scope });
      throw this.#needsLogin('the access is over, or not enough');
    }
    if (scope !== undefined) url.searchParams.set('scope', scope);
    // The server chose it, and a person types a password there.
    const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) {
      throw this.#needsLogin('its login page is not reached by https');
    }
    this.pending = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    if (this.#verifier === undefined) throw new Error('no login waits');
    return this.#verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  /** For the answer to a login only; else a server that moved would not be noticed. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#isAnswered ? this.#discovery : undefined;
  }

  async invalidateCredentials(
    what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery',
  ): Promise<void> {
    if (what === 'verifier' || what === 'all') this.#verifier = undefined;
    if (what === 'discovery' || what === 'all') this.#discovery = undefined;
    const { client, tokens, ...rest } = await this.#read();
    const isWithoutClient = what === 'client' || what === 'all';
    const isWithoutTokens = what === 'tokens' || what === 'all';
    if (!isWithoutClient && !isWithoutTokens) return;
    this.#change({
      ...rest,
      ...(isWithoutClient || client === undefined ? {} : { client }),
      ...(isWithoutTokens || tokens === undefined ? {} : { tokens }),
    });
  }

  /** Runs what exchanges the answer of a browser for tokens. */
  async answered(exchange: () => Promise<void>): Promise<void> {
    this.#isAnswered = true;
    try {
      await exchange();
    } finally {
      this.#isAnswered = false;
    }
  }

  #read(): Promise<Grant> {
    this.#grant ??= this.#parts.read();
    return this.#grant;
  }

  #change(grant: Grant): void {
    this.#grant = Promise.resolve(grant);
  }

  #needsLogin(problem: string): AgentError {
    // Somebody may have logged in by the next request.
    this.#grant = undefined;
    return new AgentError('PLUGIN_LOGIN', { plugin: this.#parts.plugin, problem });
  }
}
