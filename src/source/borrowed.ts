import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { GitPlace } from './git.ts'
import type { Repository } from './repository.ts'

/** A bare repository of our own that is removed in the end. */
export interface Borrowed {
  readonly place: GitPlace
  remove(): void
}

/**
 * Makes an empty repository in a temporary folder that reads the objects of another. Nothing else of that one counts in it:
 * neither settings nor attributes, hooks, merge drivers, filters, replacements or remotes. What git writes, it writes here.
 */
export function borrowObjects(repository: Repository): Borrowed {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenon-git-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const last = (): void => remove()
  process.once('exit', last)
  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text)
  for (const name of ['objects/info', 'refs']) mkdirSync(path.join(folder, name), { recursive: true })
  write('HEAD', 'ref: refs/heads/none\n')
  write('config', settings(repository.objectFormat))
  write('objects/info/alternates', `${repository.objects}\n`)
  if (repository.isShallow) write('shallow', readFileSync(repository.shallowFile, 'utf8'))
  return {
    place: { folder, env: repository.place.env, gitDir: folder },
    remove: () => {
      process.off('exit', last)
      remove()
    },
  }
}

function settings(objectFormat: string): string {
  return `[core]
  repositoryformatversion = 1
  bare = true
  attributesFile = /dev/null
[extensions]
  objectFormat = ${objectFormat}
`
}
