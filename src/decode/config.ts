import type { Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { ConfigDocument } from '../model/manifest.gen.ts'
import { explain } from './explain.ts'
import type { Findings } from './findings.ts'
import type { Part } from './parts.ts'
import { isRefusal, readPart } from './read.ts'
import { SCHEMAS } from './schemas.gen.ts'
import { decodeSingle } from './single.ts'

/**
 * Reads a `tenon.yaml`. Everything wrong with it goes to `report`, and nothing of a wrong one is used: `undefined`. An empty
 * one sets nothing.
 */
export function decodeConfig(document: Document, report: Report): ConfigDocument | undefined {
  return decodeSingle(document, { empty: () => ({}), second: SECOND, read: readConfig }, report)
}

const SECOND = {
  code: 'config-documents',
  offset: 0,
  message: 'the file holds more than one document',
  cure: 'Keep one.',
}

function readConfig(part: Part, findings: Findings): ConfigDocument {
  const read = readPart(part)
  findings.faults(part, read.faults, read.faultCount)
  if (isRefusal(read) || read.value === null) return {}
  explain(SCHEMAS.config, read.value, findings.found)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- used only if nothing was found against the schema
  return read.value as ConfigDocument
}
