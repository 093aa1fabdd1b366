import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Modal } from '@mantine/core';
import { t } from './texts/texts.ts';

const sea: MantineColorsTuple = [
  '#eaf8f6',
  '#d5efeb',
  '#a9ded6',
  '#7bcdc1',
  '#55beb0',
  '#3aae9f',
  '#24998b',
  '#158478',
  '#0d6f65',
  '#075a52',
];

export const theme = createTheme({
  colors: { sea },
  primaryColor: 'sea',
  // White on it can be read, in both schemes.
  primaryShade: 8,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Open Sans", sans-serif',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({
      defaultProps: { radius: 'lg', closeButtonProps: { 'aria-label': t.close } },
      classNames: { title: 'dialog-title' },
    }),
  },
});

/** Mantine's grey texts are too faint for WCAG AA on its own backgrounds. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#565d64',
    '--mantine-color-placeholder': '#6b7278',
    '--mantine-color-error': '#c02626',
    '--mantine-color-body': '#fbfcfc',
  },
  dark: {
    '--mantine-color-dimmed': '#a9afb5',
    '--mantine-color-placeholder': '#8f969d',
    '--mantine-color-error': '#ff8a8a',
    '--mantine-color-body': '#15191b',
    '--mantine-color-dark-6': '#1d2225',
  },
});
