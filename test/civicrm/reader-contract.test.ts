import { readerContract } from '../contract/reader-contract.ts';

readerContract('APIv4', async () => ({ site: {}, remove: () => Promise.resolve() }));
