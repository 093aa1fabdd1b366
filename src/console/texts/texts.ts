import { en, type Texts } from './en.ts';

/** A further language is a file like en.ts and a line here. */
const LANGUAGES: Readonly<Record<string, Texts>> = { en };

/** The first of the browser's languages that is there. */
export const language =
  navigator.languages.map((tag) => tag.split('-')[0]!.toLowerCase()).find((tag) => tag in LANGUAGES) ?? 'en';

export const t: Texts = LANGUAGES[language]!;

const percents = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 3 });
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
const times = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

export const percent = (share: number) => percents.format(share);
export const number = (value: number) => numbers.format(value);
export const timeOfDay = (at: Date) => times.format(at);
export const dateAndTime = (at: string | Date) => dates.format(new Date(at));
