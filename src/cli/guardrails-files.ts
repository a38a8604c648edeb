import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import { CASES_SUFFIX, isPassedOver } from '../source/selection.ts'
import type { Io } from './io.ts'

/** The files of cases among the paths: files as they are named, folders with all that is in them; sorted, once each. */
export function casesFiles(paths: readonly string[], io: Pick<Io, 'cwd'>): readonly string[] {
  const found = paths.flatMap(given => {
    const full = path.resolve(io.cwd, given)
    if (!isThere(full)) throw missing(given)
    return statSync(full).isDirectory() ? below(given, full) : [path.normalize(given)]
  })
  return [...new Set(found)].toSorted()
}

function isThere(full: string): boolean {
  return statSync(full, { throwIfNoEntry: false }) !== undefined
}

function missing(given: string): WorldError {
  return new WorldError('path-not-found', `"${given}" does not exist`, { cure: 'Check the path.' })
}

function below(shown: string, full: string): readonly string[] {
  return readdirSync(full, { withFileTypes: true }).flatMap(entry => {
    const [name, at] = [path.join(shown, entry.name), path.join(full, entry.name)]
    if (entry.isDirectory()) return isPassedOver(entry.name) ? [] : below(name, at)
    return entry.isFile() && entry.name.endsWith(CASES_SUFFIX) ? [name] : []
  })
}
