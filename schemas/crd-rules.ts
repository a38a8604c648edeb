import { GUARDRAIL } from './crd-guardrail.ts'
import { ENDPOINT, LINE, NOTES, PROSE } from './crd-values.ts'
import type { KindFile } from './load.ts'

/** A rule in the Common Expression Language, as `x-kubernetes-validations` takes it. */
export interface Rule {
  readonly rule: string
  readonly message: string
  readonly reason: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired'
  readonly fieldPath?: string
}

/** What a kind is in a cluster and not in a file, by path. */
export interface Differences {
  readonly rules: Readonly<Record<string, readonly Rule[]>>
  /** Fields that only files may have. */
  readonly absent?: readonly string[]
  readonly descriptions?: Readonly<Record<string, string>>
  /** Maps whose fields somebody else decides: kept as they are, and not checked. */
  readonly free?: readonly string[]
  /** Texts that may turn out to hold a secret: without a pattern, since an API server repeats what does not match. */
  readonly sealed?: readonly string[]
}

const SERVICE: Differences = {
  rules: {
    spec: [
      {
        rule: '!has(self.openapi) || !has(self.operations)',
        message: 'keep the OpenAPI document and remove operations: a list of them is for services without a document',
        reason: 'FieldValueForbidden',
        fieldPath: '.operations',
      },
    ],
    'spec.displayName': LINE,
    'spec.description': PROSE,
    'spec.category': LINE,
    'spec.endpoint': ENDPOINT,
    'spec.auth[].description': PROSE,
    'spec.auth[].prefix': NOTES,
    'spec.auth[].authorizationUrl': ENDPOINT,
    'spec.auth[].tokenUrl': ENDPOINT,
    'spec.openapi': [
      {
        rule: 'has(self.inline) != has(self.configMapRef)',
        message: 'set exactly one of inline and configMapRef; a file is only for source directories',
        reason: 'FieldValueInvalid',
      },
    ],
    'spec.auth[]': [
      {
        rule: "self.type != 'apiKey' || has(self.__in__) && has(self.name)",
        message: 'type apiKey needs in and name: where the key is sent, and under which name',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.type == 'apiKey' || !has(self.__in__) && !has(self.name) && !has(self.prefix)",
        message: 'in, name and prefix are for type apiKey: remove them, or correct the type',
        reason: 'FieldValueForbidden',
      },
      {
        rule: "self.type != 'oauth2' || has(self.flow) && has(self.tokenUrl)",
        message: 'type oauth2 needs flow and tokenUrl',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.type == 'oauth2' || !has(self.flow) && !has(self.authorizationUrl) && !has(self.tokenUrl) && !has(self.scopes)",
        message: 'flow, authorizationUrl, tokenUrl and scopes are for type oauth2: remove them, or correct the type',
        reason: 'FieldValueForbidden',
      },
      {
        rule: "!has(self.flow) || self.flow != 'authorizationCode' || has(self.authorizationUrl)",
        message: 'flow authorizationCode needs authorizationUrl: where a person signs in',
        reason: 'FieldValueRequired',
        fieldPath: '.authorizationUrl',
      },
    ],
  },
  absent: ['spec.openapi.file'],
  descriptions: {
    'spec.openapi': 'Exactly one of inline and configMapRef.',
    'spec.acceptedOperations':
      "The operations that somebody has accepted, each as 'METHOD /path' with the template as the document writes it. Any other one is new: permissions by method, tag or path leave it out until it is listed here. Left out: all are accepted.",
  },
  free: ['spec.openapi.inline', 'spec.settingsSchema'],
}

export const CLUSTER: Readonly<Record<KindFile, Differences>> = {
  'cluster-service-definition': {
    ...SERVICE,
    descriptions: {
      ...SERVICE.descriptions,
      'spec.openapi.configMapRef': "The ConfigMap of the operator's namespace that holds the document, and its key.",
    },
  },
  'service-definition': SERVICE,
  'access-group': { rules: { 'spec.displayName': LINE, 'spec.description': PROSE } },
  credential: {
    rules: {
      spec: [
        {
          rule: 'has(self.sops) != has(self.secretRef)',
          message: 'set exactly one of sops and secretRef; data and file are only for source directories',
          reason: 'FieldValueInvalid',
        },
      ],
      'spec.label': LINE,
      'spec.account.purpose': NOTES,
      'spec.account.notes': NOTES,
      'spec.sops': [
        {
          rule: "self.contains('ENC[AES256_GCM,')",
          message: 'holds no encrypted value: encrypt it with sops, and replace at the service what has been in clear',
          reason: 'FieldValueForbidden',
        },
        {
          rule: "self.contains('sops')",
          message: 'has no sops part, so nobody can decrypt or verify it: restore what sops wrote',
          reason: 'FieldValueForbidden',
        },
      ],
    },
    absent: ['spec.data', 'spec.file'],
    sealed: ['spec.sops'],
    descriptions: { spec: 'The record, and exactly one source of values: sops or secretRef.' },
  },
  integration: {
    rules: {
      spec: [
        {
          rule: 'self.access == oldSelf.access',
          message:
            'access cannot change after creation; delete the integration and create it anew, or create a second integration on the same service',
          reason: 'FieldValueForbidden',
          fieldPath: '.access',
        },
        {
          rule: "!has(self.permissions) || self.permissions.all(p, (self.access.level == 'company' || !has(p.companies)) && (self.access.level == 'group' || !has(p.groups)) && (self.access.level == 'individual' || !has(p.individuals)))",
          message:
            'a permission is narrowed on the level of the access only: companies for level company, groups for group, individuals for individual; create a second integration for access on another level',
          reason: 'FieldValueForbidden',
          fieldPath: '.permissions',
        },
      ],
      'spec.title': LINE,
      'spec.description': PROSE,
      'spec.endpoint': ENDPOINT,
      'spec.access': [
        {
          rule: "self.level == 'company' ? has(self.companies) : self.level == 'group' ? has(self.groups) : has(self.individuals)",
          message: 'list who has access: companies for level company, groups for group, individuals for individual',
          reason: 'FieldValueRequired',
        },
        {
          rule: "(self.level == 'company' || !has(self.companies)) && (self.level == 'group' || !has(self.groups)) && (self.level == 'individual' || !has(self.individuals))",
          message:
            'one integration has one level of access: keep the list of its level, and create a second integration on the same service for the other',
          reason: 'FieldValueForbidden',
        },
      ],
      'spec.permissions[]': [
        {
          rule: 'has(self.methods) || has(self.operations) || has(self.tags) || has(self.paths)',
          message:
            'a permission needs at least one of methods, operations, tags and paths; paths: ["/**"] selects everything',
          reason: 'FieldValueRequired',
        },
      ],
    },
    free: ['spec.settings'],
  },
  consumer: { rules: { 'spec.displayName': LINE, 'spec.description': PROSE } },
  guardrail: GUARDRAIL,
}
