/** JSON put together from its parts: an event is made for everybody, and that takes less than making its nested objects first. */

/** Texts that stand in JSON as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A string as JSON writes it. */
export const jsonText = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
