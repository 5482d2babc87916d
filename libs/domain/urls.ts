/**
 * Null: the text is no URL. Not asked of `URL.canParse`: in Node 20, once it has been called some thousand times, it
 * takes no host any more whose name has letters such as ü.
 */
export function parsedUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** An absolute https address, written without spaces, control characters or credentials. */
export function isHttpsUrl(text: string): boolean {
  if (!/^https:\/\/[^\s\p{Cc}]+$/iu.test(text)) return false;
  const url = parsedUrl(text);
  return url !== null && url.username === '' && url.password === '';
}

/** The forms of an expiry in a shared access signature: a date, or an instant with its zone. */
const expiryForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * When the shared access signature of an https address ends (its parameter `se`): an instant, or null if it never does;
 * `malformed` if that cannot be told.
 */
export function signatureExpiry(url: string): { readonly at: string | null } | 'malformed' {
  const expiry = new URL(url).searchParams.get('se');
  if (expiry === null) return { at: null };
  const at = Date.parse(expiry);
  return expiryForm.test(expiry) && !Number.isNaN(at) ? { at: new Date(at).toISOString() } : 'malformed';
}
