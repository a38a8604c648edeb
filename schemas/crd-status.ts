import type { KindFile, Schema } from './load.ts'

/** What the operator writes about an object of a kind. Users never write it, so every part may be missing. */
export function statusSchema(file: KindFile): Schema {
  return {
    description: 'What the operator knows of the object. It holds no secret.',
    type: 'object',
    // Whoever waits for an object nobody has looked at yet must not take an empty status for a good one.
    default: { observedGeneration: -1 },
    properties: { ...COMMON, ...OWN[file] },
  }
}

const CONDITION: Schema = {
  description: 'One statement about the object.',
  type: 'object',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: {
      description: 'What the statement is about: Ready, Reconciling, Stalled or a warning such as RotationDue.',
      type: 'string',
      maxLength: 316,
      pattern:
        '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    },
    status: { description: 'Whether it holds.', type: 'string', enum: ['True', 'False', 'Unknown'] },
    observedGeneration: {
      description: 'The generation of the object that the statement is about.',
      type: 'integer',
      format: 'int64',
      minimum: 0,
    },
    lastTransitionTime: {
      description: 'When the status of the condition last changed.',
      type: 'string',
      format: 'date-time',
      maxLength: 64,
    },
    reason: {
      description: 'Why, in one CamelCase word of a fixed list.',
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    },
    message: { description: 'Why, for people.', type: 'string', maxLength: 32768 },
  },
}

const COMMON: Schema = {
  observedGeneration: {
    description: 'The generation that the status is about; -1 before the operator has looked at the object.',
    type: 'integer',
    format: 'int64',
    minimum: -1,
  },
  conditions: {
    description: 'Ready says whether the store holds what the object says; Reconciling and Stalled say why not yet.',
    type: 'array',
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    items: CONDITION,
  },
  lastHandledReconcileAt: {
    description: 'The value of the annotation tenon.dev/requestedAt that was last acted on.',
    type: 'string',
    maxLength: 1024,
  },
  approvalRequired: {
    description: 'The digest of what waits for approval, for the annotation tenon.dev/approved.',
    type: 'string',
    maxLength: 128,
  },
  lastAppliedRevision: {
    description: 'The revision of the store that last wrote the object.',
    type: 'integer',
    format: 'int64',
    minimum: 0,
  },
  warnings: {
    description: 'What is allowed and still worth a look.',
    type: 'array',
    maxItems: 20,
    'x-kubernetes-list-type': 'atomic',
    items: {
      description: 'One warning.',
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { description: 'Which kind of warning, as `tenon validate` names it.', type: 'string', maxLength: 64 },
        message: { description: 'What it is about, for people.', type: 'string', maxLength: 4096 },
      },
    },
  },
}

const REFERENCED_BY: Schema = {
  referencedBy: names('The addresses of what refers to the object, the first hundred of them.', 100, 400),
}

const PEOPLE: Schema = {
  people: total('How many people are known to have it.'),
  unknownPeople: {
    description: 'Whether there are others, whom only the identity provider knows.',
    type: 'boolean',
  },
}

const SERVICE: Schema = { ...operations({ total: 'How many operations the service has.' }), ...REFERENCED_BY }

const OWN: Readonly<Record<KindFile, Schema>> = {
  'cluster-service-definition': SERVICE,
  'service-definition': SERVICE,
  'access-group': { ...PEOPLE, ...REFERENCED_BY },
  credential: {
    fields: names('The names of the fields that have a value.', 32, 253),
    ...REFERENCED_BY,
  },
  integration: {
    ...operations({
      total: 'How many operations the service has.',
      allow: 'How many of them somebody may call without being asked.',
      confirm: 'How many of them somebody may call once the user has confirmed the call.',
      deny: 'How many of them nobody may call.',
    }),
    ...PEOPLE,
    ...REFERENCED_BY,
  },
  consumer: {},
  guardrail: {},
}

function operations(counts: Readonly<Record<string, string>>): Schema {
  const properties = Object.fromEntries(Object.entries(counts).map(([name, description]) => [name, total(description)]))
  return { operations: { description: "The service's operations, counted.", type: 'object', properties } }
}

function total(description: string): Schema {
  return { description, type: 'integer', format: 'int64', minimum: 0 }
}

function names(description: string, maxItems: number, maxLength: number): Schema {
  return {
    description,
    type: 'array',
    maxItems,
    'x-kubernetes-list-type': 'atomic',
    items: { type: 'string', maxLength },
  }
}
