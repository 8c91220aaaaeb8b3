/** Changes of maps and lists in memory that can be taken back, back to the last `keep`. */
export class Journal {
  #undo: (() => void)[] = [];

  set<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const had = map.has(key);
    const before = map.get(key) as Value;
    this.#undo.push(() => (had ? map.set(key, before) : map.delete(key)));
    map.set(key, value);
  }

  push<Element>(list: Element[], element: Element): void {
    this.#undo.push(() => list.pop());
    list.push(element);
  }

  keep(): void {
    this.#undo = [];
  }

  undo(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }
}
