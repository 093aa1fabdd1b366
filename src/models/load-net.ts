import type { LoadOptions, Runtime, Session } from '../ports/runtime.ts';

/**
 * The session of a graph, and what `read` learns from what the graph declares. A graph that it refuses is closed again:
 * the memory of a net is outside of what the garbage collector frees.
 * throws  AcquaintError('model_corrupt') when it cannot be loaded; whatever `read` throws
 */
export async function loadNet<T>(
  runtime: Runtime,
  graph: Uint8Array,
  read: (session: Session) => T,
  options?: LoadOptions,
): Promise<{ readonly session: Session; readonly declared: T }> {
  const session = await runtime.load(graph, options);
  try {
    return { session, declared: read(session) };
  } catch (error) {
    await session.close();
    throw error;
  }
}
