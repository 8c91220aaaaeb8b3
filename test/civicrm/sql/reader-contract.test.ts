import { readerContract } from '../../contract/reader-contract.ts';
import { SqlSite } from './sql-place.ts';

describe('on MariaDB', () => {
  let site: SqlSite;
  before(async function () {
    site = await SqlSite.of(this);
  });

  readerContract('SQL', ({ timezone } = {}) => site.place(timezone === undefined ? {} : { timezone }));
});
