import { Button, Stack } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ErrorNote } from '../notices/error-note.tsx';
import { t } from '../texts/texts.ts';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: unknown;
}

/** A page that breaks leaves the others, and what the console remembers, as they are. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): PageBoundaryState {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Stack align="flex-start">
        <ErrorNote error={this.state.error} />
        <Button onClick={() => location.reload()}>{t.shell.reload}</Button>
      </Stack>
    );
  }
}
