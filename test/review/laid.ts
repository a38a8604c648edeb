/** The stories of `test/review/stories` as two folders, `before` and `after`. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

export const STORIES = path.join(import.meta.dirname, 'stories')

/** The names of all stories. */
export const STORY_NAMES: readonly string[] = readdirSync(STORIES).filter(name => name !== 'base')

/** Lays both sides of a story into a folder, and gives the flags that it asks for. */
export function layStory(name: string, cwd: string): readonly string[] {
  const story = path.join(STORIES, name)
  lay(path.join(STORIES, 'base'), path.join(cwd, 'before'))
  change(story, 'before', path.join(cwd, 'before'))
  lay(path.join(cwd, 'before'), path.join(cwd, 'after'))
  change(story, 'after', path.join(cwd, 'after'))
  return existsSync(path.join(story, 'args')) ? lines(path.join(story, 'args')).join(' ').split(' ') : []
}

function change(story: string, side: 'before' | 'after', folder: string): void {
  if (existsSync(path.join(story, side))) lay(path.join(story, side), folder)
  const list = path.join(story, `${side}-removed`)
  for (const file of existsSync(list) ? lines(list) : []) rmSync(path.join(folder, file))
}

function lay(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  cpSync(from, to, { recursive: true })
}

function lines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n')
}
