import { compile } from './settings/compile.ts'
import { apply, Exhausted, fault, newRun, type SettingsFault, type Slot } from './settings/run.ts'
import { boundsFault, isFields } from './settings/value.ts'

export type { SettingsFault }

export type SettingsCheck =
  | { readonly ok: true; validate(settings: unknown): readonly SettingsFault[] }
  | { readonly ok: false; readonly faults: readonly SettingsFault[] }

const SCHEMA_BOUNDS = { size: 64 * 1024, depth: 40, nodes: 10_000 }
const SETTINGS_BOUNDS = { size: 1024 * 1024, depth: 100, nodes: 100_000 }

/*
 * Why an interpreter. A `settingsSchema` comes from whoever may write a service definition, and the usual validator
 * turns schemas into source code: a child process with that allowed would have to be started, fed, watched and killed
 * for a check of a few fields. The keywords that settings need are few. Here they become closures, patterns run on RE2,
 * references stay inside the schema, and work is counted, so nothing waits for a clock. What is not known is refused by
 * name. A test compares the answers with those of the usual validator on random schemas.
 */

/**
 * Checks a user's schema for settings (JSON Schema 2020-12, the keywords of `settings/keywords.ts`), and gives a
 * validator for it. Both kinds of fault say where, what and what to do; at most 100 of them, and no value in any.
 */
export function checkSettingsSchema(schema: unknown): SettingsCheck {
  const tooMuch = boundsFault(schema, SCHEMA_BOUNDS)
  if (tooMuch !== undefined) return { ok: false, faults: [tooMuch] }
  if (!isFields(schema))
    return { ok: false, faults: [{ path: [], message: 'the schema must be an object', cure: CURE }] }
  const { root, faults } = compile(schema)
  return faults.length > 0 ? { ok: false, faults } : { ok: true, validate: settings => validate(root, settings) }
}

const CURE = 'Begin with {type: object, properties: {…}}.'

function validate(root: Slot, settings: unknown): readonly SettingsFault[] {
  const tooMuch = boundsFault(settings, SETTINGS_BOUNDS)
  if (tooMuch !== undefined) return [tooMuch]
  const run = newRun()
  try {
    apply(root, settings, run)
  } catch (error) {
    if (!(error instanceof Exhausted)) throw error
    // What could not be checked to the end is not valid.
    const cure = 'Simplify the schema of the service: fewer alternatives inside each other, simpler patterns.'
    run.faults.length = Math.min(run.faults.length, 99)
    run.path.length = 0
    fault(run, () => ({ message: 'the settings take too much work to check', cure }))
  }
  return run.faults
}
