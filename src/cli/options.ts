import { Option, type Command } from 'commander'
import { UsageError } from './exit.ts'
import type { Io } from './io.ts'

/** Flags that every verb has, by their camelCase names. */
export interface CommonOptions {
  readonly output: string
  readonly quiet: boolean
  readonly color: boolean
  readonly logLevel: string
}

/** Where documents come from. */
export interface SourceOptions extends CommonOptions {
  readonly file: readonly string[]
  readonly namespace?: string
  readonly owner?: string
  readonly strict: boolean
  readonly allowEndpoint: readonly string[]
  readonly requireBinding: boolean
}

/** Which store to use. */
export interface StoreOptions {
  readonly store?: string
  readonly keyFile?: string
}

/** Takes a flag that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}

/** A repeatable flag. */
export function list(flags: string, description: string, initial: readonly string[] = []): Option {
  return new Option(flags, description).argParser(collectAfter(initial)).default(initial)
}

/** The first value given replaces the default instead of joining it. */
function collectAfter(initial: readonly string[]) {
  return (value: string, previous: readonly string[]): readonly string[] =>
    previous === initial ? [value] : collect(value, previous)
}

/** A flag that takes a whole number from 0. */
export function count(flags: string, description: string): Option {
  return new Option(flags, description).argParser(text => {
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${flags.split(' ')[0]} takes a whole number, not "${text}"`)
    return Number(text)
  })
}

/** Adds the flags of every verb; `formats` are what `-o` takes, the first being the default. */
export function withCommon(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'format of the result').choices(formats).default(formats[0]))
    .option('-q, --quiet', 'say only what is wrong', false)
    .option('--no-color', 'no colours on a terminal (as NO_COLOR)')
    .addOption(
      new Option('--log-level <level>', 'logs on standard error')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
}

/** Adds the flags that say where documents come from. */
export function withSource(command: Command): Command {
  return command
    .addOption(list('-f, --file <path>', 'a file, a directory, or - for standard input', ['.']))
    .option('--owner <owner>', 'who declares these resources; else tenon.yaml, else "local"')
    .option('--default-namespace <name>', 'namespace of documents that name none; else tenon.yaml, else "default"')
    .option('--strict', "refuse documents that are not Tenon's", false)
    .option('--require-binding', 'refuse credentials whose encrypted values do not say what they are for', false)
    .addOption(list('--allow-endpoint <host>', 'a host that endpoints may name although it is internal'))
}

/** Adds the flags that say which store to use. */
export function withStore(command: Command): Command {
  return command
    .option('--store <url>', 'a folder for the embedded store, or postgres://…; else ".tenon"')
    .option('--key-file <path>', 'the file with the key of the store')
}

/**
 * Every flag has a variable: `--max-deletes` is `TENON_MAX_DELETES`. A flag on the command line wins; repeatable flags
 * take several values separated by commas; a switch is on for 1, true or yes, and off for 0, false, no or nothing.
 */
export function applyEnvironment(command: Command, io: Io): void {
  for (const option of command.options) {
    const name = option.attributeName()
    const value = io.env[variableOf(option)]
    const source = command.getOptionValueSource(name)
    if (value === undefined || (source !== undefined && source !== 'default')) continue
    command.setOptionValueWithSource(name, parsed(option, value), 'env')
  }
}

/** The name of the variable that stands for a flag. */
export function variableOf(option: Option): string {
  return `TENON_${option.long!.slice(2).replaceAll('-', '_').toUpperCase()}`
}

function parsed(option: Option, value: string): unknown {
  if (!option.required && !option.optional) return option.negate ? !isOn(option, value) : isOn(option, value)
  if (Array.isArray(option.defaultValue)) return value.split(',').filter(part => part !== '')
  if (option.argChoices !== undefined && !option.argChoices.includes(value)) {
    throw new UsageError(`${variableOf(option)} is "${value}"; it takes ${option.argChoices.join(', ')}`)
  }
  return option.parseArg === undefined ? value : option.parseArg(value, undefined)
}

function isOn(option: Option, value: string): boolean {
  if (['1', 'true', 'yes'].includes(value.toLowerCase())) return true
  if (['', '0', 'false', 'no'].includes(value.toLowerCase())) return false
  throw new UsageError(`${variableOf(option)} is "${value}"; a switch takes true or false`)
}
