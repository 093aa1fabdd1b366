import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { queryClient } from './server/query-client.ts';
import { App } from './shell/app.tsx';
import { copyWithoutIsolates } from './texts/isolated.ts';
import { language } from './texts/texts.ts';
import { readableColors, theme } from './theme.ts';

document.documentElement.lang = language;
// For the styles of dialogs, which keep the page behind them from scrolling.
setNonce(styleNonce());
// A photo dropped beside the place for it would be opened instead of the page.
for (const type of ['dragover', 'drop']) {
  window.addEventListener(type, (event) => event.preventDefault());
}
window.addEventListener('copy', copyWithoutIsolates);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColors}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        {/* What stands behind the # never reaches the server's log, or anybody else's. */}
        <Router hook={useHashLocation}>
          <App />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

/** The server's policy lets only styles in that carry it. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
