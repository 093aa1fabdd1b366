import { en, type Texts } from './en.ts';
import { isolating } from './isolated.ts';

/** A further language is a file like en.ts and a line here. */
const LANGUAGES: Readonly<Record<string, Texts>> = { en };

const languageOf = (tag: string) => tag.split('-')[0]!.toLowerCase();

/** The first of the browser's languages that is there. */
export const language = navigator.languages.map(languageOf).find((tag) => tag in LANGUAGES) ?? 'en';

export const t: Texts = isolating(LANGUAGES[language]!);

/** Numbers and dates as the user's country writes them, where the texts' language is spoken there: 'en-GB'. */
const locale = navigator.languages.find((tag) => languageOf(tag) === language && isLocale(tag)) ?? language;

/** Chromium says 'en-US@posix' where the system has no language, which its own Intl refuses. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 3 });
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
const times = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

/** '2026-11-26 10:02:11' of the clock on the wall: spreadsheets everywhere read it. */
const tableTimes = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** Less is as good as none, and a long row of zeros. */
const LEAST_SHARE = 0.00001;

export const percent = (share: number) =>
  share > 0 && share < LEAST_SHARE ? `< ${percents.format(LEAST_SHARE)}` : percents.format(share);
export const number = (value: number) => numbers.format(value);
/** The time, and the day unless it is today. */
export const timeOf = (at: Date) =>
  (at.toDateString() === new Date().toDateString() ? times : dates).format(at);
export const secondsInTables = (at: Date) => tableTimes.format(at);
export const day = (at: string) => days.format(new Date(at));
export const dateAndTime = (at: string | Date) => dates.format(new Date(at));
