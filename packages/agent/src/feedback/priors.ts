// Owns the view of which plugin served which intent of a person, and how it went. Refuses to hold
// words: it counts, by intent and plugin, and can be rebuilt from the log.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Database, Migration, Statement } from '@opencomputer/contracts/internal';

/** Rows of `plugin_uses`. */
export type PluginUseTable = {
  person: string;
  intent: string;
  plugin: string;
  done: number;
  failed: number;
};

/** Migrations of the component `feedback`. */
export const feedbackMigrations: readonly Migration[] = [
  {
    component: 'feedback',
    version: 1,
    up: (dialect) => {
      const { text, integer } = columnTypes[dialect];
      const sql = `create table plugin_uses (
        person ${text} not null, intent ${text} not null, plugin ${text} not null,
        done ${integer} not null, failed ${integer} not null,
        primary key (person, intent, plugin))`;
      return [{ sql, parameters: [] }];
    },
  },
];

/** One use of a plugin for an intent. */
export interface PluginUse {
  readonly person: string;
  readonly intent: string;
  readonly plugin: string;
  readonly failed: boolean;
}

/** The learned preference among plugins that serve the same intent. */
export interface Priors {
  /** The statement that counts a use, for the commit that ends its turn. */
  count(use: PluginUse): Statement;
  /** Share of good uses per plugin, 0 to 1, drawn towards the even share while there are few. */
  of(person: string, intent: string): Promise<Readonly<Record<string, number>>>;
}

type FeedbackTables = { plugin_uses: PluginUseTable };
/** Uses that each plugin is credited with at first, so that one real use does not tip a tie. */
const creditedUses = 2;

/** Priors over the store. */
export function createPriors(database: Database): Priors {
  const query = database.query.$extendTables<FeedbackTables>();
  return {
    count: ({ person, intent, plugin, failed }) => {
      const [done, bad] = failed ? [0, 1] : [1, 0];
      return query
        .insertInto('plugin_uses')
        .values({ person, intent, plugin, done, failed: bad })
        .onConflict((conflict) =>
          conflict.columns(['person', 'intent', 'plugin']).doUpdateSet((expression) => ({
            done: expression('plugin_uses.done', '+', done),
            failed: expression('plugin_uses.failed', '+', bad),
          })),
        )
        .compile();
    },
    of: async (person, intent) => {
      const rows = await query
        .selectFrom('plugin_uses')
        .select(['plugin', 'done', 'failed'])
        .where('person', '=', person)
        .where('intent', '=', intent)
        .execute();
      const total = rows.reduce((sum, row) => sum + Number(row.done) + Number(row.failed), 0);
      return Object.fromEntries(
        rows.map((row) => [
          row.plugin,
          (Number(row.done) + creditedUses) / (total + 2 * creditedUses),
        ]),
      );
    },
  };
}
