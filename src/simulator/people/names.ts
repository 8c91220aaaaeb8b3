import type { SeededRandom } from '../seeded-random.ts';

/** First names in several scripts, each with what its bearer writes in an address. */
const firstNames = [
  ['Anna', 'anna'], ['Zoë', 'zoe'], ['Łukasz', 'lukasz'], ['Søren', 'soren'], ['María José', 'maria.jose'], ['Jürgen', 'juergen'],
  ['Ελένη', 'eleni'], ['Иван', 'ivan'], ['اليسا', 'elissa'], ['さくら', 'sakura'], ['伟', 'wei'], ['Siobhán', 'siobhan'],
  ['Nguyễn', 'nguyen'], ['Ömer', 'oemer'], ['Agnieszka', 'agnieszka'], ['Björk', 'bjork'], ['דוד', 'david'], ['अनन्या', 'ananya'],
  ['Chloé', 'chloe'], ['Tomás', 'tomas'], ['Ngozi', 'ngozi'], ['Đorđe', 'djordje'], ['Jo', 'jo'], ['Wilhelmina', 'wilhelmina'],
] as const;

const lastNames = [
  ['Müller', 'mueller'], ["O'Connor", 'oconnor'], ['García Márquez', 'garcia'], ['Østergård', 'ostergard'], ['Wójcik', 'wojcik'],
  ['Παπαδοπούλου', 'papadopoulou'], ['Петров', 'petrov'], ['حداد', 'haddad'], ['山田', 'yamada'], ['李', 'li'], ['van der Berg', 'vanderberg'],
  ['Trần', 'tran'], ['Yılmaz', 'yilmaz'], ['Guðmundsdóttir', 'gudmundsdottir'], ['כהן', 'cohen'], ['शर्मा', 'sharma'], ['Dupont-Lévêque', 'dupont'],
  ['Novák', 'novak'], ['Okafor', 'okafor'], ['Weiß', 'weiss'], ['Smith', 'smith'], ['Jovanović', 'jovanovic'],
] as const;

/** Reserved for examples (RFC 2606), so that no message can ever reach anybody. */
const domains = ['example.org', 'example.net', 'mail.example.org', 'post.example.net'] as const;

export interface Name {
  readonly firstName: string;
  readonly lastName: string;
}

/** Somebody's name, with addresses that go with it; `number` makes the addresses nobody else's. */
export interface Bearer extends Name {
  /** A further address at each call. */
  readonly address: () => string;
}

export function bearer(random: SeededRandom, number: number): Bearer {
  const [firstName, first] = random.pick(firstNames);
  const [lastName, last] = random.pick(lastNames);
  let addresses = 0;
  return {
    firstName,
    lastName,
    address: () => {
      addresses += 1;
      const more = addresses === 1 ? '' : `-${addresses}`;
      return `${first}.${last}.${number}${more}@${random.pick(domains)}`;
    },
  };
}

/** A first name that is not this one. */
export const otherFirstName = (random: SeededRandom, than: string): string => random.pick(firstNames.filter(([name]) => name !== than))[0];

/** As people type it at a form: capitals in name and domain. */
export const inMixedCase = (address: string): string => address.replace(/(^|[.@-])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
