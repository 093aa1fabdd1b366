/** A frame of a camera: a JPEG or WebP file. */
export type LiveFrame = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Frames nobody has taken yet: more only make answers older. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Resolves when frames can be sent; throws when the server refuses. */
export function opened(socket: WebSocket): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener(
      'error',
      () => reject(new Error('Expected a live connection but the server refused it')),
      { once: true },
    );
  });
  // Whoever waits for it is told.
  ready.catch(() => {});
  return ready;
}

/** ensures  false when the network does not keep up, or the connection is not open: the frame was not sent */
export function sendFrame(socket: WebSocket, frame: LiveFrame): boolean {
  if (socket.readyState !== 1 || socket.bufferedAmount > MOST_UNSENT_BYTES) return false;
  socket.send(frame);
  return true;
}
