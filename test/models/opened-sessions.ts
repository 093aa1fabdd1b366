import type { Runtime, Session } from '../../src/ports/runtime.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';

/** ONNX Runtime, and every session it has opened. */
export function runtimeWithSessions(): { readonly runtime: Runtime; readonly sessions: readonly Session[] } {
  const sessions: Session[] = [];
  const onnx = createOnnxRuntime({ threads: 1 });
  const runtime: Runtime = {
    async load(graph) {
      const session = await onnx.load(graph);
      sessions.push(session);
      return session;
    },
  };
  return { runtime, sessions };
}
