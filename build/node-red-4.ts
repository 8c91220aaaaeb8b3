import { registerHooks } from 'node:module';

/**
 * Preloaded (`node --import ./build/node-red-4.ts …`), it gives Node-RED 4.1, the oldest supported, to whatever asks
 * for `node-red`, by import as by require: the same tests and programs run on both versions, unchanged.
 */
registerHooks({
  resolve: (specifier, context, nextResolve) => nextResolve(specifier === 'node-red' ? 'node-red-4' : specifier, context),
});
