import type { Account } from './account.ts';
import type { InterestCategoryRecord, InterestRecord, ListRecord, MailchimpState, MergeFieldRecord, MergeFieldType } from './records.ts';

export interface NewList {
  /** 10 hex digits; by chance when left out. */
  readonly id?: string;
  readonly name: string;
  readonly doubleOptIn?: boolean;
}

export interface NewMergeField {
  readonly tag: string;
  readonly name?: string;
  readonly type?: MergeFieldType;
  readonly required?: boolean;
  readonly defaultValue?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What administrators set up in an audience: its merge fields, interests and permissions. */
export class AudienceSetup {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Of the messages about fields: Mailchimp writes them in the account's language. */
  setLanguage(language: MailchimpState['language']): void {
    this.#account.state.language = language;
  }

  /** With the merge fields that Mailchimp gives every new audience (recorded). Returns its id. */
  createList(wanted: NewList): string {
    const list: ListRecord = {
      id: wanted.id ?? this.#account.hex(10),
      webId: this.#account.nextWebId(),
      name: wanted.name,
      dateCreated: this.#account.now(),
      doubleOptIn: wanted.doubleOptIn ?? false,
      emailTypeOption: false,
      categories: [],
      mergeFields: [],
      tags: [],
      marketingPermissions: [],
      webhooks: [],
      members: [],
      forgotten: {},
      tooManySignups: [],
    };
    this.#account.addList(list);
    this.createMergeField(list.id, { tag: 'FNAME', name: 'First Name', options: { size: 25 } });
    this.createMergeField(list.id, { tag: 'LNAME', name: 'Last Name', options: { size: 25 } });
    this.createMergeField(list.id, { tag: 'ADDRESS', name: 'Address', type: 'address', options: { default_country: 164 } });
    this.createMergeField(list.id, { tag: 'PHONE', name: 'Phone Number', type: 'phone', options: { phone_format: 'none' } });
    return list.id;
  }

  createMergeField(listId: string, wanted: NewMergeField): MergeFieldRecord {
    const { list } = this.#account.requireAudience(listId);
    if (list.mergeFields.some(({ tag }) => tag === wanted.tag)) {
      throw new Error(`Audience ${listId} has a merge field ${wanted.tag} already.`);
    }
    const mergeId = 1 + Math.max(0, ...list.mergeFields.map((field) => field.mergeId));
    const field: MergeFieldRecord = {
      mergeId,
      tag: wanted.tag,
      name: wanted.name ?? wanted.tag,
      type: wanted.type ?? 'text',
      required: wanted.required ?? false,
      defaultValue: wanted.defaultValue ?? '',
      public: true,
      displayOrder: mergeId + 1,
      options: { ...wanted.options },
      helpText: '',
    };
    list.mergeFields.push(field);
    return field;
  }

  createInterestCategory(
    listId: string,
    title: string,
    type: InterestCategoryRecord['type'] = 'checkboxes',
    id = this.#account.hex(10),
  ): InterestCategoryRecord {
    const { list } = this.#account.requireAudience(listId);
    const category: InterestCategoryRecord = { id, title, displayOrder: list.categories.length + 1, type, interests: [] };
    list.categories.push(category);
    return category;
  }

  /** Adds an interest to a category named by id or title. Returns the interest. */
  createInterest(listId: string, category: string, name: string, id = this.#account.hex(10)): InterestRecord {
    const { list } = this.#account.requireAudience(listId);
    const found = list.categories.find((one) => one.id === category || one.title === category);
    if (found === undefined) throw new Error(`Audience ${listId} has no interest category ${category}; create it first.`);
    const interest: InterestRecord = { id, name, displayOrder: found.interests.length + 1 };
    found.interests.push(interest);
    return interest;
  }

  /** Takes an interest away from the audience and from its members, whose `last_changed` stays (assumed). */
  deleteInterest(listId: string, interestId: string): boolean {
    const { list } = this.#account.requireAudience(listId);
    const category = list.categories.find(({ interests }) => interests.some(({ id }) => id === interestId));
    if (category === undefined) return false;
    category.interests = category.interests.filter(({ id }) => id !== interestId);
    for (const member of list.members) member.interests = member.interests.filter((id) => id !== interestId);
    return true;
  }

  createMarketingPermission(listId: string, text: string, id = this.#account.hex(10)): string {
    this.#account.requireAudience(listId).list.marketingPermissions.push({ id, text });
    return id;
  }
}
