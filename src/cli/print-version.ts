import { EXIT, type ExitCode } from './exit.ts'
import type { CommonOptions } from './options.ts'
import type { Call } from './verbs.ts'
import { VERSION } from './version.ts'
import { toJson } from './view/json.ts'

/** `tenon version` */
export function run({ options, io }: Call<CommonOptions>): Promise<ExitCode> {
  const node = process.versions.node
  io.stdout.write(options.output === 'json' ? toJson({ version: VERSION, node }) : `tenon ${VERSION} (Node ${node})\n`)
  return Promise.resolve(EXIT.ok)
}
