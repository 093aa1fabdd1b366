/** sharp and the libvips below it, loaded when a picture is first read, drawn or written: they take a tenth of a second. */
export async function loadSharp(): Promise<typeof import('sharp')['default']> {
  return (await import('sharp')).default;
}
