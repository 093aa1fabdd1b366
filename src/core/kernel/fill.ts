/** A picture of one colour. */
export function fill(to: usize, stride: u32, width: u32, height: u32, red: u32, green: u32, blue: u32): void {
  for (let x: u32 = 0; x < width; x++) {
    store<u8>(to + x * 3, red);
    store<u8>(to + x * 3, green, 1);
    store<u8>(to + x * 3, blue, 2);
  }
  for (let y: u32 = 1; y < height; y++) memory.copy(to + <usize>y * stride, to, width * 3);
}
