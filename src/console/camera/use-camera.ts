import { useEffect, useReducer, useRef, useState } from 'react';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type CameraState =
  | { readonly status: 'off' | 'starting' }
  | { readonly status: 'on'; readonly stream: MediaStream }
  | { readonly status: 'failed'; readonly reason: CameraFailure };

export type CameraFailure = 'not_secure' | 'refused' | 'none' | 'in_use' | 'unknown';

/** Those that another camera, or the same one plugged in again, may mend. */
const MENDED_BY_DEVICE: readonly CameraFailure[] = ['none', 'in_use', 'unknown'];

export interface Camera {
  readonly state: CameraState;
  /** All there are, as far as the page may know. */
  readonly devices: readonly MediaDeviceInfo[];
  readonly retry: () => void;
}

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 } } as const;

interface Choice {
  /** null: the browser's choice. */
  readonly camera: { readonly deviceId: string; readonly label: string } | null;
}

/** The camera somebody chose, for every page that uses one. */
const useChoice = create<Choice>()(persist((): Choice => ({ camera: null }), { name: 'acquaint-camera' }));

export const chooseCamera = ({ deviceId, label }: MediaDeviceInfo) =>
  useChoice.setState({ camera: { deviceId, label } });

/** The chosen camera while `isWanted`; it is let go as soon as nobody looks, and comes back when it is plugged in again. */
export function useCamera(isWanted: boolean): Camera {
  const chosen = useChoice(({ camera }) => camera);
  const [state, setState] = useState<CameraState>({ status: 'off' });
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const [attempt, retry] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens it anew.
  useEffect(() => {
    if (!isWanted) return setState({ status: 'off' });
    const gone = new AbortController();
    const { signal } = gone;
    let open: MediaStream | null = null;
    let isMendable = false;
    const fail = (reason: CameraFailure) => {
      if (signal.aborted) return;
      isMendable = MENDED_BY_DEVICE.includes(reason);
      setState({ status: 'failed', reason });
    };
    setState({ status: 'starting' });
    const list = async () => {
      const all = await cameras();
      if (!signal.aborted) setDevices(all);
    };
    openCamera(chosen).then(
      (stream) => {
        if (signal.aborted) return stop(stream);
        open = stream;
        stream.getVideoTracks()[0]?.addEventListener('ended', () => fail('none'), { signal });
        setState({ status: 'on', stream });
        return list();
      },
      (error) => {
        fail(reasonOf(error));
        // Another may be free.
        return list();
      },
    );
    // Browsers hide cameras from pages that come over plain HTTP.
    navigator.mediaDevices?.addEventListener('devicechange', () => (isMendable ? retry() : void list()), {
      signal,
    });
    return () => {
      gone.abort();
      if (open) stop(open);
    };
  }, [isWanted, chosen, attempt]);
  return { state, devices, retry };
}

/** Their names are told only to pages that may use them. */
async function cameras(): Promise<readonly MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return all.filter(({ kind }) => kind === 'videoinput');
}

async function openCamera(chosen: Choice['camera']): Promise<MediaStream> {
  // Browsers hide cameras from pages that come over plain HTTP from another machine.
  if (!navigator.mediaDevices) throw new DOMException('', 'SecurityError');
  const found = chosen && (await openDevice(chosen.deviceId));
  if (found) return found;
  const any = await askFor({ ...WANTED, facingMode: 'user' });
  // Some browsers give cameras other ids in every visit; names stay.
  const named = chosen && (await cameras()).find(({ label }) => label === chosen.label);
  if (!named || named.deviceId === deviceIdOf(any)) return any;
  stop(any);
  return (await openDevice(named.deviceId)) ?? askFor({ ...WANTED, facingMode: 'user' });
}

/** null: it is not there. */
async function openDevice(deviceId: string): Promise<MediaStream | null> {
  try {
    return await askFor({ ...WANTED, deviceId: { exact: deviceId } });
  } catch (error) {
    if (reasonOf(error) === 'none') return null;
    throw error;
  }
}

function askFor(video: MediaTrackConstraints): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
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

/** Of the camera that the pictures come from. */
export function deviceIdOf(stream: MediaStream): string | null {
  return stream.getVideoTracks()[0]?.getSettings().deviceId ?? null;
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
