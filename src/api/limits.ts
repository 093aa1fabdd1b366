/** Apart from the shapes: the client and the page know them without the library of schemas. */

/** A hundred years, as the gallery has it. */
export const MOST_DAYS = 36_500;

/** People of one request. */
export const MOST_ASKED_ABOUT = 5000;
