/**
 * What `load` gives, loaded at the first call and shared by all that follow, also by those made while it loads. A load that
 * fails is forgotten: the next call loads again.
 */
export function loadOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let current: Promise<Loaded> | undefined;
  return async () => {
    const loading = current ?? load();
    current = loading;
    try {
      return await loading;
    } catch (error) {
      if (current === loading) current = undefined;
      throw error;
    }
  };
}
