import { CUSTOM_ROUTE, entries, entryNamed, type Entry } from './catalogue-entries.ts'
import { documentText, streamText } from './document-text.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { reading, type Reading } from './reading.ts'
import type { ReadingOptions } from './reading-options.ts'
import { redirectUri } from './redirect-uri.ts'
import { painter, visible } from './style.ts'
import { scaffold } from './scaffold.ts'
import type { Call } from './verbs.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { serviceJson, serviceText } from './view/service.ts'
import { servicesJson, servicesText, type ServiceList } from './view/services.ts'

interface ServicesOptions extends ReadingOptions {
  readonly category?: string
  readonly redirectBase?: string
  readonly requestText?: string
}

type ServicesCall = Call<ServicesOptions>

/** `tenon services [TEXT]`, `tenon services show NAME`, `tenon services scaffold NAME` */
export function run(call: ServicesCall): Promise<ExitCode> {
  return reading(call, act, diagnostics => servicesJson(undefined, diagnostics, []), true)
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return servicesJson(undefined, [], errors)
}

async function act(from: Reading, call: ServicesCall): Promise<ExitCode> {
  const [first, second] = call.args
  if (second === undefined && (first === 'show' || first === 'scaffold')) {
    throw new UsageError(`services ${first} takes the name of a service; \`tenon services\` lists them`)
  }
  if (second === undefined) await show(from, call, first)
  else if (first === 'show') await showOne(from, call, second)
  else if (first === 'scaffold') await printScaffold(from, call, second)
  else
    throw new UsageError(
      `"${first}" is not something that services does: it takes show, scaffold, or a text to look for`,
    )
  return EXIT.ok
}

async function show(from: Reading, { options, io }: ServicesCall, text: string | undefined): Promise<void> {
  const found = await listed(from, options, text)
  if (options.output === 'json') {
    io.stdout.write(toJson(servicesJson(found, from.diagnostics, [])))
    return
  }
  io.stdout.write(servicesText(found, painter(io, io.stdout, options.color), options.quiet))
  if (found.entries.length > 0) return
  const { requestText } = options
  io.stderr.write(`${CUSTOM_ROUTE}\n${requestText === undefined ? '' : `${visible(requestText)}\n`}`)
}

/** The services whose name holds the text, in either case; categories count those of every category that match it. */
async function listed(from: Reading, options: ServicesOptions, text = ''): Promise<ServiceList> {
  const wanted = text.toLowerCase()
  const matching = (await entries(from, options.namespace)).filter(({ resource: { name, spec } }) => {
    return name.toLowerCase().includes(wanted) || spec.displayName.toLowerCase().includes(wanted)
  })
  const category = options.category?.toLowerCase()
  const categories = Map.groupBy(matching, categoryOf)
  return {
    entries: matching.filter(entry => category === undefined || categoryOf(entry).toLowerCase() === category),
    categories: [...categories]
      .map(([name, found]) => ({ name, count: found.length }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

function categoryOf({ resource }: Entry): string {
  return resource.spec.category ?? 'other'
}

async function showOne(from: Reading, { options, io }: ServicesCall, name: string): Promise<void> {
  const { namespace, requestText } = options
  const entry = await entryNamed(from, { name, namespace, requestText })
  const redirect = options.redirectBase === undefined ? undefined : redirectUri(options.redirectBase)
  io.stdout.write(
    options.output === 'json'
      ? toJson({
          ...servicesJson(undefined, from.diagnostics, []),
          complete: true,
          service: serviceJson(entry, redirect),
        })
      : serviceText(entry, redirect, painter(io, io.stdout, options.color)),
  )
}

async function printScaffold(from: Reading, { options, io }: ServicesCall, name: string): Promise<void> {
  const { namespace, requestText } = options
  const entry = await entryNamed(from, { name, namespace, requestText })
  const parts = scaffold(entry, namespace, io.now().toISOString().slice(0, 10))
  if (options.output === 'json') {
    const documents = parts.map(({ document }) => document)
    io.stdout.write(toJson({ ...servicesJson(undefined, from.diagnostics, []), complete: true, documents }))
    return
  }
  io.stdout.write(streamText(parts.map(documentText)))
}
