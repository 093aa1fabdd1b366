/** Frames go out no larger: faces before a webcam are large enough in it. */
const LONGER_SIDE = 640;
const JPEG_QUALITY = 0.85;
/** One in work, one on the way: more only make answers older. */
const MOST_UNANSWERED = 2;
/** A frame whose answer has not come by then is not waited for. */
const GIVEN_UP_MS = 3000;

interface SentFrame {
  readonly number: number;
  readonly blob: Blob;
  readonly at: number;
}

/** Frames of a video on their way to the server, which numbers them from 1 as they come. */
export class FramePump {
  readonly #send: (frame: Blob) => boolean;
  #unanswered: readonly SentFrame[] = [];
  #sent = 0;

  /** `send` says whether the frame went out. */
  constructor(send: (frame: Blob) => boolean) {
    this.#send = send;
  }

  /** Sends as fast as answers come, until the signal fires. */
  async run(video: () => HTMLVideoElement | null, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await nextFrame(video());
      const element = video();
      const now = performance.now();
      this.#unanswered = this.#unanswered.filter(({ at }) => now - at < GIVEN_UP_MS);
      if (this.#unanswered.length >= MOST_UNANSWERED || !element) continue;
      // Of a browser that has just run out of memory, say: the next frame may do.
      const blob = await frameOf(element).catch(() => null);
      if (!blob || signal.aborted || !this.#send(blob)) continue;
      this.#unanswered = [...this.#unanswered, { number: ++this.#sent, blob, at: now }];
    }
  }

  /** The frame an answer is about; those before it were dropped by the server. null: it was given up. */
  answered(number: number): Blob | null {
    const frame = this.#unanswered.find((one) => one.number === number);
    this.#unanswered = this.#unanswered.filter((one) => one.number > number);
    return frame?.blob ?? null;
  }
}

/** Resolves when the video shows another picture, or after a moment: a camera may stand still. */
function nextFrame(video: HTMLVideoElement | null): Promise<void> {
  return new Promise((resolve) => {
    const shown = video?.requestVideoFrameCallback?.(() => {
      clearTimeout(timer);
      resolve();
    });
    const timer = setTimeout(() => {
      if (shown !== undefined) video?.cancelVideoFrameCallback(shown);
      resolve();
    }, 100);
  });
}

/** null while the video has no picture. */
async function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, LONGER_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}
