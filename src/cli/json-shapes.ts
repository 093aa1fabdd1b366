import { detectionJson, embeddingsJson, identificationJson, livenessesJson } from '../api/face-json.ts';
import type { DetectedFace, EmbeddedFace, IdentifiedFace, JudgedFace, PictureFaces } from '../index.ts';

/** The JSON of docs/command-line.md: one object a picture, with its file. */
export function detectJson(file: string, result: PictureFaces<DetectedFace>): object {
  return { file, ...detectionJson(result) };
}

export function livenessJson(file: string, result: PictureFaces<JudgedFace>): object {
  return { file, ...livenessesJson(result) };
}

export function embedJson(file: string, result: PictureFaces<EmbeddedFace>): object {
  return { file, ...embeddingsJson(result) };
}

export function recognizeJson(file: string, result: PictureFaces<IdentifiedFace>): object {
  return { file, ...identificationJson(result) };
}
