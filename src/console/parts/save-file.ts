/** Offers a file for saving, as a download. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
