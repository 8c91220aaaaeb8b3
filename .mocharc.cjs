// On CI a test that cannot run there is a failure: what is promised is shown, or the build says so.
module.exports = {
  timeout: 20_000,
  reporter: './test/support/counting-reporter.ts',
  forbidPending: process.env.CI === 'true',
  forbidOnly: process.env.CI === 'true',
};
