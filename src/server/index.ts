export { SCOPES, type Scope } from '../api/scopes.ts';
export { ApiKeys, type NewKey } from './api-keys.ts';
export type { FoundFace, FrameObserver } from './liveness/frame-observer.ts';
export { type AcquaintServer, openServer } from './open-server.ts';
export { DEFAULT_HOST, DEFAULT_PORT, type LivenessOptions, type ServerOptions } from './server-options.ts';
export { defaultDataFolder, hasServerStore, openServerStore } from './server-store.ts';
