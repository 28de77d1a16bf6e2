/**
 * Shares work among servers: each piece goes to the one with the fewest pieces under way, the first of equals. A failure
 * counts as one piece more until the server succeeds again, so that one that fails fast does not draw all the work.
 */
export function leastOutstanding<Server>(
  servers: readonly Server[],
): <Result>(work: (server: Server) => Promise<Result>) => Promise<Result> {
  const loads = servers.map((server) => ({ server, outstanding: 0, failures: 0 }));
  return async (work) => {
    const load = loads.reduce((least, next) => (weight(next) < weight(least) ? next : least));
    load.outstanding += 1;
    try {
      const result = await work(load.server);
      load.failures = 0;
      return result;
    } catch (error) {
      load.failures += 1;
      throw error;
    } finally {
      load.outstanding -= 1;
    }
  };
}

function weight({ outstanding, failures }: { readonly outstanding: number; readonly failures: number }): number {
  return outstanding + failures;
}
