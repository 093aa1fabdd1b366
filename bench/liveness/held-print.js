// A picture held before a camera and moved: what the camera sees of a plane, pixel by pixel, exactly.

/** Turns in degrees about the picture's middle, distance in widths of the picture; of the time in seconds. */
export const HOLDS = {
  still: () => ({}),
  moved: (s) => ({ x: 0.08 * Math.sin(3 * s), y: 0.05 * Math.sin(2 * s) }),
  scaled: (s) => ({ distance: 1.2 - 0.2 * Math.sin(3 * s) }),
  rotated: (s) => ({ roll: 20 * Math.sin(3 * s) }),
  'turned by 15 degrees': (s) => ({ yaw: 15 * Math.sin(3 * s) }),
  'turned by 30 degrees': (s) => ({ yaw: 30 * Math.sin(3 * s) }),
  'turned by 45 degrees': (s) => ({ yaw: 45 * Math.sin(3 * s) }),
  'tilted by 30 degrees': (s) => ({ pitch: 30 * Math.sin(3 * s) }),
  'about a slanted axis': (s) => ({ yaw: 35 * Math.sin(3 * s), pitch: 30 * Math.sin(3 * s) }),
  'close, turned': (s) => ({ yaw: 30 * Math.sin(3 * s), distance: 0.7 }),
  'in circles': (s) => ({
    yaw: 30 * Math.sin(3 * s),
    pitch: 25 * Math.cos(3 * s),
    roll: 10 * Math.sin(2 * s),
  }),
  'turned and rolled': (s) => ({ yaw: 35 * Math.sin(3 * s), roll: 15 * Math.sin(3 * s) }),
};

/**
 * The picture as a pinhole camera sees it at `distance` (1: it fills the frame), grey around.
 * picture  { width, height, data } with red, green, blue; the camera's frame has its size
 */
export function seenPrint(picture, { x = 0, y = 0, yaw = 0, pitch = 0, roll = 0, distance = 1 }) {
  const { width, height, data } = picture;
  const turn = matrix(yaw, pitch, roll);
  const out = new Uint8Array(width * height * 3).fill(128);
  // The plane is spanned by u and v, its middle lies at m; a ray r meets it where det(u, v, r) allows.
  const [u, v] = [turn.map((row) => row[0]), turn.map((row) => row[1])];
  const m = [x * width, y * width, distance * width];
  const normal = cross(u, v);
  const depth = dot(normal, m);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const ray = [column - (width - 1) / 2, row - (height - 1) / 2, width];
      const far = depth / dot(normal, ray);
      const hit = ray.map((value, i) => value * far - m[i]);
      const a = dot(hit, u) + (width - 1) / 2;
      const b = dot(hit, v) + (height - 1) / 2;
      if (a < 0 || b < 0 || a >= width - 1 || b >= height - 1) continue;
      sample(data, width, a, b, out, 3 * (row * width + column));
    }
  }
  return { width, height, data: out };
}

function sample(data, width, a, b, out, to) {
  const [left, top] = [Math.floor(a), Math.floor(b)];
  const [right, down] = [a - left, b - top];
  const from = 3 * (top * width + left);
  for (let c = 0; c < 3; c++) {
    const at = (offset) => data[from + offset + c];
    const upper = at(0) * (1 - right) + at(3) * right;
    const lower = at(3 * width) * (1 - right) + at(3 * width + 3) * right;
    out[to + c] = Math.round(upper * (1 - down) + lower * down);
  }
}

function matrix(yaw, pitch, roll) {
  const [y, p, r] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180);
  const [cy, sy, cp, sp, cr, sr] = [y, p, r].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
  return [
    [cr * cy + sr * sp * sy, sr * cp, -cr * sy + sr * sp * cy],
    [-sr * cy + cr * sp * sy, cr * cp, sr * sy + cr * sp * cy],
    [cp * sy, -sp, cp * cy],
  ];
}

function cross([a, b, c], [d, e, f]) {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
