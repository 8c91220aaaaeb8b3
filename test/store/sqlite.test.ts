import { storeContract } from '../contract/store-contract.ts';
import { newPlace } from './place.ts';

storeContract('node:sqlite', newPlace);
