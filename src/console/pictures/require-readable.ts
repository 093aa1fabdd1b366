/** throws  DOMException: the file was moved, changed or unplugged since it was chosen; fetch would call that a lost network */
export async function requireReadable(file: Blob): Promise<void> {
  await file.slice(0, 1).arrayBuffer();
}
