/**
 * ONNX Runtime (1.30 on Linux) tells its maker how often and where it runs, and writes a number that names the machine
 * into the user's cache, unless this variable is set when it is loaded. Whoever has set it has decided.
 * requires  the main thread: the environment of a worker is a copy that native code does not see
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
