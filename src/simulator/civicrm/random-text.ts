const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const pick = (random: () => number, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');

export const randomText = (random: () => number, length: number): string => pick(random, LETTERS, length);
export const randomHex = (random: () => number, length: number): string => pick(random, '0123456789abcdef', length);
export const randomLowerCase = (random: () => number, length: number): string => pick(random, LETTERS.slice(26, 52), length);

/** The list in an order that nobody can rely on. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const item = list[last] as Item;
    list[last] = list[other] as Item;
    list[other] = item;
  }
  return list;
}
