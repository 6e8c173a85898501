// Owns the few types of `pg` that this folder uses; the package brings none of its own.
// Refuses to describe more of it.

declare module 'pg' {
  export interface QueryConfig {
    readonly text: string;
    readonly values?: readonly unknown[];
    readonly queryMode?: 'extended';
  }
  export interface QueryOutcome {
    readonly rows: Record<string, unknown>[];
    readonly rowCount: number | null;
    readonly fields: readonly { readonly name: string }[];
  }
  export interface PoolClient {
    query(config: QueryConfig | string): Promise<QueryOutcome>;
    release(error?: Error | boolean): void;
  }
  export interface PoolConfig {
    readonly connectionString: string;
    readonly max: number;
    readonly options?: string;
    readonly connectionTimeoutMillis?: number;
    readonly idleTimeoutMillis?: number;
    readonly allowExitOnIdle?: boolean;
    readonly types?: { getTypeParser(type: number, format?: string): (text: string) => unknown };
  }
  export class Pool {
    constructor(config: PoolConfig);
    connect(): Promise<PoolClient>;
    query(config: QueryConfig): Promise<QueryOutcome>;
    end(): Promise<void>;
    on(event: 'error', listener: (error: Error) => void): this;
  }
  const pg: { readonly Pool: typeof Pool };
  export default pg;
}
