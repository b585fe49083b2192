/** Pact, loaded when it is first needed: only those who test contracts have it installed. */
export async function pactLibrary() {
  // it would tell its makers of each run; whoever wants that says so
  process.env['PACT_DO_NOT_TRACK'] ??= 'true';
  try {
    return await import('@pact-foundation/pact');
  } catch (error) {
    throw new Error('contracts need the package @pact-foundation/pact; add it to the devDependencies', {
      cause: error,
    });
  }
}
