/** Red, green, blue, 0-255. */
export type Colour = readonly [number, number, number];

/**
 * Okabe and Ito's colours ("Color Universal Design", 2008), chosen to be told apart by people with any of the usual
 * kinds of colour blindness.
 */
export const bluishGreen: Colour = [0x00, 0x9e, 0x73];
export const vermillion: Colour = [0xd5, 0x5e, 0x00];
export const yellow: Colour = [0xf0, 0xe4, 0x42];
export const skyBlue: Colour = [0x56, 0xb4, 0xe9];
export const reddishPurple: Colour = [0xcc, 0x79, 0xa7];
export const black: Colour = [0x00, 0x00, 0x00];
export const white: Colour = [0xff, 0xff, 0xff];

/** Black or white, whichever reads better on `background`; on every colour above that is at least 5:1 (WCAG 2 asks 4.5). */
export function textColourOn(background: Colour): Colour {
  return contrast(background, black) >= contrast(background, white) ? black : white;
}

/** WCAG 2 contrast ratio, 1 (the same) to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour as `#rrggbb`. */
export function toHex(colour: Colour): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
