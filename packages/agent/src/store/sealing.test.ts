import { join } from 'node:path';
import { testSealing } from './fixtures/sealing-conformance.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openSqlite } from './sqlite-database.ts';

testSealing('sqlite', async (t) => {
  const database = await openSqlite({ path: join(temporaryFolder(t), 'store.sqlite') });
  t.after(() => database.close());
  return database;
});
