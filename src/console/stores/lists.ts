import { create } from 'zustand';

interface Lists<Item> {
  readonly of: Readonly<Record<string, readonly Item[]>>;
}

/** A list for each collection, in this page's memory only. */
export function createLists<Item>() {
  const none: readonly Item[] = [];
  const useLists = create<Lists<Item>>(() => ({ of: {} }));
  const listIn = ({ of }: Lists<Item>, collection: string) => of[collection] ?? none;
  return {
    useList: (collection: string) => useLists((lists) => listIn(lists, collection)),
    listOf: (collection: string) => listIn(useLists.getState(), collection),
    change: (collection: string, how: (items: readonly Item[]) => readonly Item[]) =>
      useLists.setState((lists) => ({ of: { ...lists.of, [collection]: how(listIn(lists, collection)) } })),
  };
}
