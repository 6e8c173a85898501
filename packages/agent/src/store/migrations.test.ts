import { join } from 'node:path';
import { testMigrations } from './fixtures/migration-conformance.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openSqlite } from './sqlite-database.ts';

testMigrations('sqlite', async (t) => {
  const database = await openSqlite({ path: join(temporaryFolder(t), 'store.sqlite') });
  t.after(() => database.close());
  return database;
});
