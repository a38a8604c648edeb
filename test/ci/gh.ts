/**
 * A stand-in for GitHub's `gh api`, as far as a poster calls it: comments and labels of one pull request, kept in the file
 * that GH_STATE names. Whatever it is asked for is written down; what it does not know is refused.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export interface GithubComment {
  readonly id: number
  readonly user: { readonly login: string; readonly type: string } | null
  readonly body: string | null
}

export interface GithubState {
  readonly repository: string
  readonly pullRequest: number
  readonly comments: readonly GithubComment[]
  /** On the pull request. */
  readonly labels: readonly string[]
  /** In the repository. */
  readonly known: readonly string[]
  /** Parts of requests that fail. */
  readonly failing: readonly string[]
  readonly calls: readonly string[]
}

interface Request {
  readonly method: string
  readonly path: string
  readonly paginate: boolean
  readonly silent: boolean
  readonly body: Readonly<Record<string, unknown>> | undefined
}

interface Answer {
  readonly state: GithubState
  readonly pages: readonly unknown[]
}

function request(args: readonly string[]): Request {
  const [verb, ...rest] = args
  if (verb !== 'api') throw new Error(`unknown command ${verb}`)
  const valueOf = (flag: string): string | undefined => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : undefined)
  const values = new Set([valueOf('--method'), valueOf('--input')])
  const given = rest.filter(argument => !argument.startsWith('-') && !values.has(argument))
  const unknown = rest.filter(
    flag => /^--\w/.test(flag) && !['--method', '--input', '--paginate', '--silent'].includes(flag),
  )
  if (given.length !== 1 || unknown.length > 0) throw new Error(`wrong usage: ${rest.join(' ')}`)
  if (process.env['GH_TOKEN'] === undefined) throw new Error('set GH_TOKEN')
  return {
    method: valueOf('--method') ?? 'GET',
    path: given[0]!,
    paginate: rest.includes('--paginate'),
    silent: rest.includes('--silent'),
    body: valueOf('--input') === '-' ? JSON.parse(readFileSync(0, 'utf8')) : undefined,
  }
}

function answer(state: GithubState, { method, path, paginate, body }: Request): Answer {
  const at = `${method} ${path.replace(`repos/${state.repository}/`, '').replace(`/${state.pullRequest}/`, '/N/')}`
  if (state.failing.some(part => at.includes(part))) throw new Error(`HTTP 502 (${at})`)
  const comment = /^PATCH issues\/comments\/(\d+)$/.exec(at)
  if (comment !== null) return patched(state, Number(comment[1]), body)
  const label = /^DELETE issues\/N\/labels\/([\w%.-]+)$/.exec(at)
  if (label !== null) return unlabelled(state, decodeURIComponent(label[1]!))
  switch (at) {
    case 'GET issues/N/comments?per_page=100':
      return { state, pages: pages(state.comments, paginate) }
    case 'POST issues/N/comments':
      return posted(state, body)
    case 'GET issues/N/labels?per_page=100':
      return {
        state,
        pages: pages(
          state.labels.map(name => ({ name })),
          paginate,
        ),
      }
    case 'POST issues/N/labels':
      return labelled(state, body)
    default:
      throw new Error(`HTTP 404 (${at})`)
  }
}

/** GitHub takes 65,536 characters. */
function bodyOf(body: Request['body']): string {
  const text = body?.['body']
  if (typeof text !== 'string' || text === '' || text.length > 65_536) throw new Error('HTTP 422 (body)')
  return text
}

function posted(state: GithubState, body: Request['body']): Answer {
  const user = { login: 'github-actions[bot]', type: 'Bot' }
  const comment = { id: 1000 + state.comments.length, user, body: bodyOf(body) }
  return { state: { ...state, comments: [...state.comments, comment] }, pages: [comment] }
}

function patched(state: GithubState, id: number, body: Request['body']): Answer {
  if (!state.comments.some(comment => comment.id === id)) throw new Error('HTTP 404 (comment)')
  const comments = state.comments.map(comment => (comment.id === id ? { ...comment, body: bodyOf(body) } : comment))
  return { state: { ...state, comments }, pages: [{ id }] }
}

function labelled(state: GithubState, body: Request['body']): Answer {
  const names = body?.['labels'] as readonly string[]
  const unknown = names.find(name => !state.known.includes(name))
  // Creating labels needs a permission that the poster does not have.
  if (unknown !== undefined) throw new Error(`HTTP 403 (${unknown})`)
  const labels = [...new Set([...state.labels, ...names])]
  return { state: { ...state, labels }, pages: [labels] }
}

function unlabelled(state: GithubState, name: string): Answer {
  if (!state.labels.includes(name)) throw new Error('HTTP 404 (label)')
  return { state: { ...state, labels: state.labels.filter(label => label !== name) }, pages: [[]] }
}

function pages(all: readonly unknown[], paginate: boolean): readonly unknown[] {
  const count = paginate ? Math.max(1, Math.ceil(all.length / 100)) : 1
  return Array.from({ length: count }, (_page, index) => all.slice(index * 100, (index + 1) * 100))
}

function main(): void {
  const file = process.env['GH_STATE']!
  const state = JSON.parse(readFileSync(file, 'utf8')) as GithubState
  try {
    const asked = request(process.argv.slice(2))
    const noted = { ...state, calls: [...state.calls, `${asked.method} ${asked.path}`] }
    writeFileSync(file, JSON.stringify(noted))
    const { state: next, pages: shown } = answer(noted, asked)
    writeFileSync(file, JSON.stringify(next))
    if (!asked.silent) process.stdout.write(shown.map(page => JSON.stringify(page)).join(''))
  } catch (error) {
    process.stderr.write(`gh: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

if (import.meta.main) main()
