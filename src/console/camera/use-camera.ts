import { useEffect, useRef, useState } from 'react';

export type CameraState =
  | { readonly status: 'off' | 'starting' }
  | { readonly status: 'on'; readonly stream: MediaStream }
  | { readonly status: 'failed'; readonly reason: CameraFailure };

export type CameraFailure = 'not_secure' | 'refused' | 'none' | 'in_use' | 'unknown';

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' } as const;

/** A camera while `isWanted`; it is let go as soon as nobody looks. */
export function useCamera(isWanted: boolean, deviceId: string | null = null) {
  const [state, setState] = useState<CameraState>({ status: 'off' });
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    if (!isWanted) return setState({ status: 'off' });
    let isGone = false;
    let open: MediaStream | null = null;
    setState({ status: 'starting' });
    openCamera(deviceId).then(
      async (stream) => {
        if (isGone) return stop(stream);
        open = stream;
        stream.getVideoTracks()[0]?.addEventListener('ended', () => {
          if (!isGone) setState({ status: 'failed', reason: 'none' });
        });
        setState({ status: 'on', stream });
        // Their names are told only to pages that may use them.
        const all = await navigator.mediaDevices.enumerateDevices();
        if (!isGone) setDevices(all.filter(({ kind }) => kind === 'videoinput'));
      },
      (error) => !isGone && setState({ status: 'failed', reason: reasonOf(error) }),
    );
    return () => {
      isGone = true;
      if (open) stop(open);
    };
  }, [isWanted, deviceId]);
  return { state, devices };
}

async function openCamera(deviceId: string | null): Promise<MediaStream> {
  // Browsers hide cameras from pages that come over plain HTTP from another machine.
  if (!navigator.mediaDevices) throw new DOMException('', 'SecurityError');
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: deviceId ? { ...WANTED, deviceId: { exact: deviceId } } : WANTED,
  });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function reasonOf(error: unknown): CameraFailure {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'SecurityError') return 'not_secure';
  if (name === 'NotAllowedError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return name === 'NotReadableError' ? 'in_use' : 'unknown';
}

/** A video element that shows the stream. */
export function useVideo(state: CameraState) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = state.status === 'on' ? state.stream : null;
    if (state.status === 'on') element.play().catch(() => {});
  }, [state]);
  return video;
}
