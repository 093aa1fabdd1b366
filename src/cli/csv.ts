/** One field: quoted as RFC 4180 says, only where it must be, so that plain lines equal face_recognition's. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(...fields: readonly string[]): string {
  return fields.map(csvField).join(',');
}
