import { YAMLException } from 'js-yaml'
import type { Diagnostic, Problem } from '../model/diagnostic.ts'
import type { Document, Place } from '../model/document.ts'
import { offsetFinder } from './events.ts'
import { partsOf, positionIn, type Part, type Position } from './parts.ts'
import { textOf } from './text.ts'
import { offsetAt, treeOf } from './tree.ts'

/** Larger documents, and documents beyond this much text in all, are not read by the slower parser. */
const MAX_TREE = 128 * 1024
const MAX_TREES = 8 * 1024 * 1024

/**
 * The problems with their positions, sorted by file, line, column and code, each once. A place becomes the line and column
 * of its value or key, or of the nearest part of its path that exists. Each document is parsed once at most, and only if
 * one of its places is asked for.
 */
export function locate(problems: readonly Problem[]): Diagnostic[] {
  const positions = new Map<Problem, Position>()
  let budget = MAX_TREES
  for (const [document, inDocument] of placesByDocument(problems)) {
    const parts = partsOfDocument(document)
    for (const [index, inPart] of Map.groupBy(inDocument, ({ place }) => place.index)) {
      const part = parts[index]
      if (part === undefined) continue
      budget -= part.text.length
      const find = finder(part, budget >= 0)
      for (const { problem, place } of inPart) positions.set(problem, find(place))
    }
  }
  return sorted(problems.map(problem => diagnosticOf(problem, positions.get(problem))))
}

interface Placed {
  readonly problem: Problem
  readonly place: Place
}

function placesByDocument(problems: readonly Problem[]): Map<Document, Placed[]> {
  const placed = problems.flatMap(problem => (problem.place === undefined ? [] : [{ problem, place: problem.place }]))
  return Map.groupBy(placed, ({ place }) => place.document)
}

function partsOfDocument(document: Document): readonly Part[] {
  const text = textOf(document)
  return typeof text === 'string' ? partsOf(text) : []
}

function finder(part: Part, affordable: boolean): (place: Place) => Position {
  const offset = affordable && part.text.length <= MAX_TREE ? offsetInTree(part) : offsetInEvents(part)
  return ({ path, key }) => positionIn(part, offset(path, key === true))
}

function offsetInTree(part: Part): ReturnType<typeof offsetFinder> {
  const tree = treeOf(part)
  return (path, key) => offsetAt(tree, path, key)
}

function offsetInEvents(part: Part): ReturnType<typeof offsetFinder> {
  try {
    return offsetFinder(part.text)
  } catch (error) {
    if (error instanceof YAMLException) return () => 0
    throw error
  }
}

function diagnosticOf({ place, file, line, column, ...rest }: Problem, position: Position | undefined): Diagnostic {
  return {
    ...rest,
    ...((file ?? place) && { file: file ?? place!.document.file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(line === undefined && position),
  }
}

function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(diagnostics.map(diagnostic => [identity(diagnostic), diagnostic]))
  return [...unique.values()].toSorted(
    (a, b) =>
      order(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      order(a.code, b.code) ||
      order(a.message, b.message),
  )
}

function identity({ severity, code, message, file, line, column }: Diagnostic): string {
  return JSON.stringify([file, line, column, severity, code, message])
}

/** By code unit. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
