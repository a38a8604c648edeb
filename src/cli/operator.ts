import type { ExitCode } from './exit.ts'
import { UsageError } from './exit.ts'
import type { Call } from './verbs.ts'

/** `tenon operator`: a program of its own, which ends the process when it ends. */
export async function run({ options, io, drivers }: Call<Readonly<Record<string, unknown>>>): Promise<ExitCode> {
  if (drivers.operator === undefined) throw new UsageError('this program was started without an operator')
  return await drivers.operator(options, io)
}
