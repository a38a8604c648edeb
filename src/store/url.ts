import { WorldError } from '../model/errors.ts'

/** Whether a store is named by a PostgreSQL URL; anything else is a folder. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//i.test(store)
}

/** A PostgreSQL URL as people may see it: user, host, port and database; no password and no parameters. */
export function shownUrl(url: string): string {
  const { protocol, username, host, pathname } = parsed(url)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** Throws `WorldError` for text that is no URL, without repeating it: it may hold a password. */
function parsed(url: string): URL {
  // The error of `new URL` carries its input; it must not travel on as a cause.
  const result = URL.parse(url)
  if (result !== null) return result
  throw new WorldError('store-url-invalid', 'The PostgreSQL URL of the store is not a valid URL.', {
    cure: 'Write it as postgres://user:password@host:5432/database and percent-encode special characters in the password.',
  })
}
