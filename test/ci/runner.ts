/** What the runner of GitHub Actions makes of a log: written after its documentation and behaviour, not after our files. */

export interface RunnerCommand {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

const KNOWN = new Set(
  'add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state set-env set-output stop-commands warning'.split(
    ' ',
  ),
)

/**
 * The commands that a log gives. A line that begins with `::name` is one, and so is one with `##[name]` anywhere in it;
 * between `::stop-commands::TOKEN` and `::TOKEN::` nothing is.
 */
export function commandsIn(log: string): readonly RunnerCommand[] {
  const known = new Set(KNOWN)
  const commands: RunnerCommand[] = []
  let token: string | undefined
  for (const line of log.split(/\r?\n/)) {
    const command = inFront(line, known) ?? within(line, known)
    if (command === undefined || (token !== undefined && command.name !== token)) continue
    if (command.name === token) {
      known.delete(token)
      token = undefined
    } else if (command.name === 'stop-commands') {
      token = command.data.toLowerCase()
      known.add(token)
    } else commands.push(command)
  }
  if (token !== undefined) throw new Error('commands are stopped for good')
  return commands
}

function inFront(line: string, known: ReadonlySet<string>): RunnerCommand | undefined {
  const parts = /^\s*::(?<name>[^\s:]+)(?:\s+(?<properties>(?:(?!::).)*))?::(?<data>.*)$/.exec(line)?.groups
  return commandOf(parts, ',', known)
}

function within(line: string, known: ReadonlySet<string>): RunnerCommand | undefined {
  const parts = /##\[(?<name>[^\s\]]+)(?:\s+(?<properties>[^\]]*))?\](?<data>.*)$/.exec(line)?.groups
  return commandOf(parts, ';', known)
}

function commandOf(
  parts: Readonly<Record<string, string | undefined>> | undefined,
  separator: string,
  known: ReadonlySet<string>,
): RunnerCommand | undefined {
  const name = parts?.['name']?.toLowerCase()
  if (name === undefined || !known.has(name)) return undefined
  const pairs = (parts?.['properties'] ?? '').split(separator).filter(pair => pair.includes('='))
  const properties = pairs.map(pair => [pair.slice(0, pair.indexOf('=')), unescaped(pair.slice(pair.indexOf('=') + 1))])
  return { name, properties: Object.fromEntries(properties), data: unescaped(parts?.['data'] ?? '') }
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}
