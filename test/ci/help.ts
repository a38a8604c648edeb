import { VERBS } from '../../src/cli/verbs.ts'
import { tenon } from '../support/tenon.ts'
import { CI } from './world.ts'

/** What `--help` prints, by verb. */
export const HELP = new Map<string, string>()

for (const { name } of VERBS) {
  HELP.set(name, (await tenon([name, '--help'], { cwd: CI })).stdout)
}

/** Flags that the help of a verb does not have. */
export function unknown(verb: string, flags: readonly string[]): readonly string[] {
  return flags.filter(flag => !(HELP.get(verb) ?? '').match(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`, 'u')))
}
