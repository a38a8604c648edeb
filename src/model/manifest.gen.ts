// Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.

export interface Documents {
readonly ClusterServiceDefinition: ClusterServiceDefinitionDocument
readonly ServiceDefinition: ServiceDefinitionDocument
readonly AccessGroup: AccessGroupDocument
readonly Credential: CredentialDocument
readonly Integration: IntegrationDocument
readonly Consumer: ConsumerDocument
readonly Guardrail: GuardrailDocument
readonly Config: ConfigDocument
readonly LockFile: LockFileDocument
readonly GuardrailCases: GuardrailCasesDocument
}
/**
 * A global catalogue entry: a service that integrations of every namespace may connect to.
 */
export interface ClusterServiceDefinitionDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always ClusterServiceDefinition.
 */
readonly kind: "ClusterServiceDefinition"
readonly metadata: ClusterMetadata
readonly spec: ServiceSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * The identity of a document that belongs to no namespace.
 */
export interface ClusterMetadata {
/**
 * A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly name: string
/**
 * Key and value pairs to select resources by, with the syntax of Kubernetes labels.
 */
readonly labels?: {
readonly [k: string]: string
}
/**
 * The author's own notes; Tenon keeps them and does not read them.
 */
readonly annotations?: {
readonly [k: string]: string
}
}
/**
 * A service that integrations connect to.
 */
export interface ServiceSpec {
/**
 * What people read in lists and reviews.
 */
readonly displayName: string
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description: string
/**
 * Free text to group the catalogue by.
 */
readonly category?: string
/**
 * openapi: an HTTP API with an OpenAPI document or a list of operations. http: an HTTP API without one. database: signs in by connection string. webhook: calls in or out.
 */
readonly type: ("openapi" | "http" | "database" | "webhook")
/**
 * The default base URL; left out where it differs for every customer.
 */
readonly endpoint?: string
/**
 * Where the vendor describes the API.
 */
readonly docs?: string
/**
 * Exactly one of file, inline and (in a cluster) configMapRef.
 */
readonly openapi?: {
/**
 * A path relative to this file, inside the source directory; JSON or YAML.
 */
readonly file?: string
/**
 * The document itself.
 */
readonly inline?: Readonly<Record<string, unknown>>
/**
 * In a cluster: the ConfigMap of the same namespace that holds the document, and its key.
 */
readonly configMapRef?: {
/**
 * A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly name: string
/**
 * The key of the ConfigMap that holds the document.
 */
readonly key: string
}
}
/**
 * The operations of a service that has no OpenAPI document.
 * 
 * @maxItems 20000
 */
readonly operations?: readonly OperationSpec[]
/**
 * The operations that somebody has accepted, each as 'METHOD /path' with the template as the document writes it. Any other one is new: permissions by method, tag or path leave it out until it is listed here. Left out: those that tenon.lock.yaml lists, and all where there is no such file.
 * 
 * @maxItems 20000
 */
readonly acceptedOperations?: readonly string[]
/**
 * The ways in which a credential may authenticate.
 * 
 * @maxItems 16
 */
readonly auth?: readonly AuthSpec[]
/**
 * A JSON Schema (2020-12) that an integration's settings must satisfy.
 */
readonly settingsSchema?: Readonly<Record<string, unknown>>
/**
 * A harmless request that proves that a credential works. Without one the service is not testable.
 */
readonly test?: {
/**
 * The HTTP method in lower case.
 */
readonly method: string
/**
 * The path below the endpoint.
 */
readonly path: string
/**
 * The HTTP status of success; 200 when left out.
 */
readonly expect?: number
}
/**
 * A starting point for own definitions, refused as a reference.
 */
readonly template?: boolean
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * One method of the service's API.
 */
export interface OperationSpec {
/**
 * Its name in permissions; without one the name is 'METHOD /path'.
 */
readonly id?: string
/**
 * An HTTP method in lower case; query or execute for a database, deliver for a webhook.
 */
readonly method: string
/**
 * The path template, beginning with '/'.
 */
readonly path: string
/**
 * Names that group operations.
 * 
 * @maxItems 50
 */
readonly tags?: readonly string[]
/**
 * What it does, in a few words.
 */
readonly summary?: string
/**
 * The vendor advises against it.
 */
readonly deprecated?: boolean
/**
 * Alternatives, each a map from a way of authenticating to the scopes it needs, as in OpenAPI.
 * 
 * @maxItems 20
 */
readonly security?: {
/**
 * @maxItems 100
 */
readonly [k: string]: readonly string[]
}[]
}
/**
 * One way in which a credential may authenticate, and where its fields go.
 */
export interface AuthSpec {
/**
 * apiKey: fields apiKey and optional apiSecret. basic: username, password. bearer: token. oauth2: clientId, clientSecret. connectionString: connectionString. webhook: signingSecret.
 */
readonly type: ("apiKey" | "basic" | "bearer" | "oauth2" | "connectionString" | "webhook")
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description?: string
/**
 * Where an API key is sent.
 */
readonly in?: ("header" | "query" | "cookie")
/**
 * The header, query parameter or cookie that carries the API key.
 */
readonly name?: string
/**
 * Text in front of the API key, such as 'Token '.
 */
readonly prefix?: string
/**
 * authorizationCode (with PKCE; a person signs in) or clientCredentials (the service account signs in).
 */
readonly flow?: ("authorizationCode" | "clientCredentials")
/**
 * Where a person signs in.
 */
readonly authorizationUrl?: string
/**
 * Where tokens are issued.
 */
readonly tokenUrl?: string
/**
 * The scopes that may be asked for, each with what it permits.
 */
readonly scopes?: {
readonly [k: string]: string
}
}
/**
 * A client's own catalogue entry: a service that integrations of its namespace connect to.
 */
export interface ServiceDefinitionDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always ServiceDefinition.
 */
readonly kind: "ServiceDefinition"
readonly metadata: Metadata
readonly spec: ServiceSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * The identity of a document.
 */
export interface Metadata {
/**
 * A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly name: string
/**
 * The client (tenant) that a document belongs to. Nothing refers from one namespace into another.
 */
readonly namespace?: string
/**
 * Key and value pairs to select resources by, with the syntax of Kubernetes labels.
 */
readonly labels?: {
readonly [k: string]: string
}
/**
 * The author's own notes; Tenon keeps them and does not read them.
 */
readonly annotations?: {
readonly [k: string]: string
}
}
/**
 * A named set of people, for the access of integrations.
 */
export interface AccessGroupDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always AccessGroup.
 */
readonly kind: "AccessGroup"
readonly metadata: Metadata
readonly spec: AccessGroupSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * Who belongs to the group.
 */
export interface AccessGroupSpec {
/**
 * What people read in lists and reviews.
 */
readonly displayName: string
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description?: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly owner?: string
/**
 * People, by e-mail address or subject.
 * 
 * @maxItems 50000
 * 
 * Items: An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly members?: readonly string[]
/**
 * AccessGroups of this namespace whose members belong to this group too.
 * 
 * @maxItems 1000
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly groups?: readonly string[]
/**
 * Names of groups that the identity provider keeps. Who is in them is unknown here, and reports say so.
 * 
 * @maxItems 1000
 */
readonly idpGroups?: readonly string[]
/**
 * The last day on which the group counts, YYYY-MM-DD in quotes; from the next day on nobody is in it.
 */
readonly expires?: string
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * How Tenon signs in to a service: its record in clear, its values encrypted.
 */
export interface CredentialDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always Credential.
 */
readonly kind: "Credential"
readonly metadata: Metadata
readonly spec: CredentialSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * The record, and exactly one source of values: data, file, sops or secretRef.
 */
export interface CredentialSpec {
readonly service: ServiceReference
/**
 * One of the service's ways to authenticate.
 */
readonly type: ("apiKey" | "basic" | "bearer" | "oauth2" | "connectionString" | "webhook")
/**
 * company: shared by the company. user: belongs to one person.
 */
readonly scope: ("company" | "user")
/**
 * What people read when they choose between credentials.
 */
readonly label: string
/**
 * The one to use when nothing is chosen; at most one per service, scope and namespace.
 */
readonly isDefault?: boolean
readonly account?: AccountSpec
/**
 * When the values have to be replaced.
 */
readonly rotation?: {
/**
 * Days, such as 90d, or a duration such as 12h or 1h30m.
 */
readonly every?: string
/**
 * A calendar date, YYYY-MM-DD, in quotes.
 */
readonly lastRotated?: string
/**
 * A calendar date, YYYY-MM-DD, in quotes.
 */
readonly expires?: string
}
/**
 * When somebody has to look at the account again.
 */
readonly review?: {
/**
 * Days, such as 90d, or a duration such as 12h or 1h30m.
 */
readonly every?: string
/**
 * A calendar date, YYYY-MM-DD, in quotes.
 */
readonly lastReviewed?: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly by?: string
}
/**
 * The fields of the type, encrypted in place by sops (encrypted_regex: ^data$). In files only.
 */
readonly data?: Readonly<Record<string, unknown>>
/**
 * A SOPS file beside this one whose top-level fields are the values. In files only.
 */
readonly file?: string
/**
 * A whole SOPS document as one string whose top-level fields are the values.
 */
readonly sops?: string
/**
 * In a cluster: a Secret of the same namespace that holds the values, plain or, under key, as a SOPS document.
 */
readonly secretRef?: {
/**
 * A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly name: string
/**
 * The key of the Secret that holds a SOPS document.
 */
readonly key?: string
}
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * The catalogue entry to connect to: a shipped or global one, or one of the same namespace.
 */
export interface ServiceReference {
/**
 * ClusterServiceDefinition for shipped and global services, ServiceDefinition for a service of this namespace.
 */
readonly kind: ("ClusterServiceDefinition" | "ServiceDefinition")
/**
 * A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly name: string
}
/**
 * The account at the service that this credential signs in as.
 */
export interface AccountSpec {
/**
 * dedicated: an account of its own for this purpose. personal: somebody's own account.
 */
readonly type: ("dedicated" | "personal")
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly owner: string
/**
 * What the account is for.
 */
readonly purpose: string
/**
 * The systems that the account reaches.
 * 
 * @maxItems 100
 */
readonly systems?: readonly string[]
/**
 * The account has administrator rights, which draws a warning.
 */
readonly adminLevel?: boolean
/**
 * Anything the next person should know; never a secret.
 */
readonly notes?: string
}
/**
 * A connection to a service: who has access, what they may do there, and with which credentials.
 */
export interface IntegrationDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always Integration.
 */
readonly kind: "Integration"
readonly metadata: Metadata
readonly spec: IntegrationSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * The connection.
 */
export interface IntegrationSpec {
/**
 * What people read in lists and reviews.
 */
readonly title: string
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description: string
readonly service: ServiceReference
/**
 * A disabled integration denies everything. true when left out.
 */
readonly enabled?: boolean
/**
 * The base URL to call, instead of the service's default.
 */
readonly endpoint?: string
/**
 * Values for the service's settingsSchema.
 */
readonly settings?: Readonly<Record<string, unknown>>
readonly access: AccessSpec
/**
 * What the people with access may do. What nothing names is denied; deny wins over confirm, confirm over allow.
 * 
 * @maxItems 1000
 */
readonly permissions?: readonly PermissionSpec[]
/**
 * Credentials of this namespace, for the same service.
 * 
 * @maxItems 100
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly credentials?: readonly string[]
readonly acknowledgement?: AcknowledgementSpec
/**
 * Classes of data that flow through the integration.
 * 
 * @maxItems 100
 */
readonly dataClasses?: readonly string[]
/**
 * Delete: the integration goes when its document goes. Orphan: it stays, owned by nobody.
 */
readonly deletionPolicy?: ("Delete" | "Orphan")
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * Who may use the integration at all: one level, and one or more of that level. It cannot change after creation.
 */
export interface AccessSpec {
/**
 * company, group or individual; levels never mix inside one integration.
 */
readonly level: ("company" | "group" | "individual")
/**
 * For level company: domains.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: The domain of its people's e-mail addresses, compared exactly.
 */
readonly companies?: readonly string[]
/**
 * For level group: AccessGroups of this namespace.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly groups?: readonly string[]
/**
 * For level individual: e-mail addresses or subjects.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly individuals?: readonly string[]
}
/**
 * Gives an effect on the operations that all given selectors match, to everybody with access or to a part of them.
 */
export interface PermissionSpec {
/**
 * HTTP methods in lower case (query, execute and deliver for databases and webhooks).
 * 
 * @minItems 1
 * @maxItems 1000
 */
readonly methods?: readonly string[]
/**
 * Operation ids, or 'METHOD /path' for an operation without one.
 * 
 * @minItems 1
 * @maxItems 1000
 */
readonly operations?: readonly string[]
/**
 * Tags of the service's operations.
 * 
 * @minItems 1
 * @maxItems 1000
 */
readonly tags?: readonly string[]
/**
 * Globs over the path template: * is one segment, ** any number of segments.
 * 
 * @minItems 1
 * @maxItems 1000
 */
readonly paths?: readonly string[]
/**
 * deny: refused. confirm: allowed once the user has confirmed the call. allow: allowed. Among the permissions that match, deny wins over confirm and confirm over allow; what nothing names is denied.
 */
readonly effect: ("deny" | "confirm" | "allow")
/**
 * true: also covers operations that nobody has accepted yet. Without it allow and confirm cover a new operation only where operations names it; deny covers it always.
 */
readonly includeNew?: boolean
/**
 * Narrows the permission to AccessGroups of the access, or ones nested in them.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly groups?: readonly string[]
/**
 * Narrows the permission to people of the access.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly individuals?: readonly string[]
/**
 * Narrows the permission to companies of the access.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: The domain of its people's e-mail addresses, compared exactly.
 */
readonly companies?: readonly string[]
}
/**
 * Who accepted which terms, and when. Required for custom OpenAPI services.
 */
export interface AcknowledgementSpec {
/**
 * The version of the terms.
 */
readonly terms: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly by: string
/**
 * A calendar date, YYYY-MM-DD, in quotes.
 */
readonly date: string
}
/**
 * An assistant, agent, flow or job that uses integrations.
 */
export interface ConsumerDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always Consumer.
 */
readonly kind: "Consumer"
readonly metadata: Metadata
readonly spec: ConsumerSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * What uses which integrations.
 */
export interface ConsumerSpec {
/**
 * What kind of consumer it is.
 */
readonly type: ("assistant" | "agent" | "flow" | "job")
/**
 * What people read in lists and reviews.
 */
readonly displayName: string
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description?: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly owner?: string
/**
 * Integrations of this namespace that it uses.
 * 
 * @maxItems 1000
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly integrations?: readonly string[]
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * A rule that judges changes in its namespace.
 */
export interface GuardrailDocument {
/**
 * The version of Tenon's documents.
 */
readonly apiVersion: "tenon.dev/v1alpha1"
/**
 * Always Guardrail.
 */
readonly kind: "Guardrail"
readonly metadata: Metadata
readonly spec: GuardrailSpec
/**
 * Written by sops, which adds it to every document of a file it encrypts. Do not edit it by hand.
 */
readonly sops?: Readonly<Record<string, unknown>>
}
/**
 * What a change must not break, and what becomes of one that does: either a built-in rule with its parameters, or expressions.
 */
export interface GuardrailSpec {
/**
 * One or two sentences for the people who choose or review it.
 */
readonly description: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly owner?: string
/**
 * What becomes of a change that breaks the guardrail. Deny: it is refused. Warn: everybody is told. Audit: it is recorded. [Deny] when left out.
 * 
 * @minItems 1
 * @maxItems 3
 */
readonly actions?: readonly ("Deny" | "Warn" | "Audit")[]
readonly match?: GuardrailMatch
/**
 * The built-in rule.
 */
readonly rule?: ("no-unconfirmed-company-writes" | "require-confirmation" | "never" | "only" | "at-most" | "at-least" | "ceiling" | "separation-of-duties" | "no-new-access" | "external-groups-end" | "data-classes" | "no-personal-account" | "no-admin-account" | "secrets-expire" | "acknowledged-terms" | "same-destination" | "groups-owned" | "named-writes" | "max-removed")
readonly parameters?: GuardrailParameters
/**
 * finding: the expressions are evaluated for each finding of the change, on each integration that it is about. change: once for the whole change, and only `diff` and `asOf` are known. When left out: finding if an expression reads finding or integration, else change.
 */
readonly over?: ("finding" | "change")
/**
 * Expressions that must all be true; otherwise a finding is passed over.
 * 
 * @minItems 1
 * @maxItems 20
 */
readonly matchConditions?: readonly MatchConditionSpec[]
/**
 * Expressions with names; later expressions read them as variables.NAME.
 * 
 * @minItems 1
 * @maxItems 20
 */
readonly variables?: readonly VariableSpec[]
/**
 * Expressions that must all be true, in the Common Expression Language.
 * 
 * @minItems 1
 * @maxItems 20
 */
readonly validations?: readonly ValidationSpec[]
/**
 * Fail, always: an expression that cannot be evaluated counts as broken.
 */
readonly failurePolicy?: "Fail"
/**
 * What may break the guardrail all the same, until when, and who answers for it.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly waivers?: readonly WaiverSpec[]
/**
 * In a cluster: true leaves the resource as it is in the store until this is false again. Without effect in a file.
 */
readonly suspend?: boolean
/**
 * In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that. Without effect in a file.
 */
readonly interval?: string
/**
 * In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names. Without effect in a file.
 */
readonly mode?: ("Enforce" | "Observe" | "Approve")
}
/**
 * The integrations of this namespace that the guardrail is about: all given fields must match; all integrations when left out.
 */
export interface GuardrailMatch {
/**
 * Names of integrations of this namespace; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly integrations?: readonly string[]
/**
 * Names of services that integrations connect to.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly services?: readonly string[]
/**
 * Labels that the integration must have, with these values.
 */
readonly labels?: {
readonly [k: string]: string
}
}
/**
 * The parameters of the built-in rule; `tenon guardrails list` says which rule takes which.
 */
export interface GuardrailParameters {
readonly who?: GuardrailPeople
readonly select?: OperationSelection
/**
 * confirm: whatever can be called, asked or not; allow: only what can be called without being asked; confirm when left out.
 */
readonly effect?: ("confirm" | "allow")
/**
 * true: members of identity provider groups are taken to be in no other group and to be nobody who is named here, and are not counted; otherwise a rule holds only if it holds whoever they are.
 */
readonly ignoreUnknownMembers?: boolean
/**
 * How many people may, at most.
 */
readonly max?: number
/**
 * How many people have to be able to, at least.
 */
readonly min?: number
/**
 * All that may be given: what no entry covers may not be called.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly ceiling?: readonly CeilingEntry[]
readonly one?: DutySpec
readonly other?: DutySpec
/**
 * Names of AccessGroups of this namespace; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly groups?: readonly string[]
/**
 * true: every AccessGroup that lists idpGroups, too.
 */
readonly holdingIdpGroups?: boolean
/**
 * How many days, counted from the day of the judgement.
 */
readonly days?: number
/**
 * Classes of data that flow through integrations.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly classes?: readonly string[]
/**
 * only: nobody but who can call; confirm: every call is confirmed; forbid: no enabled integration has these classes; declare: every integration says which classes it has, and only these.
 */
readonly demand?: ("only" | "confirm" | "forbid" | "declare")
/**
 * Versions of the terms that may be acknowledged.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly terms?: readonly string[]
/**
 * Hosts that credentials may be sent to; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly hosts?: readonly string[]
/**
 * true: a credential that does not say whose account it is breaks the rule.
 */
readonly accountRequired?: boolean
/**
 * How much a change may take away, at most.
 */
readonly percent?: number
/**
 * people: those known by name who lose something, among all who could call anything; integrations: those deleted or disabled, among all that were enabled.
 */
readonly of?: ("people" | "integrations")
}
/**
 * Everybody whom one of these lists names.
 */
export interface GuardrailPeople {
/**
 * AccessGroups of this namespace, with the groups nested in them.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly groups?: readonly string[]
/**
 * E-mail addresses or subjects.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly individuals?: readonly string[]
/**
 * Domains.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: The domain of its people's e-mail addresses, compared exactly.
 */
readonly companies?: readonly string[]
/**
 * Names of groups that the identity provider keeps.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly idpGroups?: readonly string[]
}
/**
 * The operations that all given selectors match; all operations when left out.
 */
export interface OperationSelection {
/**
 * true: only what changes something at the service. false: only what does not.
 */
readonly writes?: boolean
/**
 * HTTP methods in lower case (query, execute and deliver for databases and webhooks).
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly methods?: readonly string[]
/**
 * Operation ids, or 'METHOD /path' for an operation without one.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly operations?: readonly string[]
/**
 * Tags of the service's operations.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly tags?: readonly string[]
/**
 * Globs over the path template: * is one segment, ** any number of segments.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly paths?: readonly string[]
}
/**
 * The highest effect of these operations for these people on these integrations.
 */
export interface CeilingEntry {
readonly who?: GuardrailPeople
/**
 * Names of integrations of this namespace; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly integrations?: readonly string[]
/**
 * Names of services that integrations connect to.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly services?: readonly string[]
readonly select?: OperationSelection
/**
 * confirm: only when the user is asked. allow: without being asked too.
 */
readonly effect: ("confirm" | "allow")
}
/**
 * What one person may do, if not the other duty too.
 */
export interface DutySpec {
/**
 * Names of integrations of this namespace; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly integrations?: readonly string[]
/**
 * Names of services that integrations connect to.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.
 */
readonly services?: readonly string[]
readonly select?: OperationSelection
}
/**
 * A condition with its name.
 */
export interface MatchConditionSpec {
/**
 * What reports call the condition.
 */
readonly name: string
/**
 * True: the finding is judged.
 */
readonly expression: string
}
/**
 * An expression with its name.
 */
export interface VariableSpec {
/**
 * What follows variables. in later expressions.
 */
readonly name: string
/**
 * The value.
 */
readonly expression: string
}
/**
 * An expression with the message for when it is not true.
 */
export interface ValidationSpec {
/**
 * True: the finding, or the change, is fine.
 */
readonly expression: string
/**
 * What is wrong when it is not true, in one sentence without a full stop.
 */
readonly message?: string
/**
 * A message made by an expression; used before message, unless it is empty or fails.
 */
readonly messageExpression?: string
}
/**
 * An exception. It says what it is about: integrations, fingerprints of violations, or both.
 */
export interface WaiverSpec {
/**
 * What reports call the waiver, such as the number of a ticket.
 */
readonly id: string
/**
 * An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).
 */
readonly owner: string
/**
 * Why it may be.
 */
readonly reason: string
/**
 * The last day on which the waiver counts, YYYY-MM-DD, in quotes.
 */
readonly expires: string
/**
 * Names of integrations of this namespace; * stands for any characters.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly integrations?: readonly string[]
/**
 * Fingerprints of violations, as a review shows them.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly fingerprints?: readonly string[]
}
/**
 * tenon.yaml at the top of a source directory: defaults of that source. Flags win over it.
 */
export interface ConfigDocument {
/**
 * Who declares the resources of this directory, recorded in the store.
 */
readonly owner?: string
/**
 * The client (tenant) that a document belongs to. Nothing refers from one namespace into another.
 */
readonly namespace?: string
/**
 * Limits on what one plan may delete. A looser limit counts only after an apply that recorded it.
 */
readonly guards?: {
/**
 * How many integrations of this owner one plan may delete; 10 when left out.
 */
readonly maxDeletes?: number
/**
 * Which share of this owner's integrations one plan may delete, in percent; 30 when left out.
 */
readonly maxDeletePercent?: number
}
/**
 * What credentials of this directory must satisfy.
 */
readonly credentials?: {
/**
 * Refuse a credential whose encrypted values do not say what they are for.
 */
readonly requireBinding?: boolean
}
}
/**
 * tenon.lock.yaml at the top of a source directory, written by `tenon lock`: the operations that were accepted of the services that its documents declare. Any other operation of these services is new: allow and confirm cover it only where a permission names it or includes new ones; deny covers it always. Services that ship with the program change only with it, and are not listed.
 */
export interface LockFileDocument {
/**
 * The version of this file's format: 1.
 */
readonly formatVersion: number
/**
 * By the address of a service, its accepted operations, each as 'METHOD /path' with the template as the document writes it.
 */
readonly services: {
/**
 * The accepted operations of one service.
 * 
 * @maxItems 100000
 */
readonly [k: string]: readonly string[]
}
}
/**
 * A *.guardrail-cases.yaml file beside guardrails: changes, and what the guardrails must say of them. `tenon guardrails test` tries them; nothing else reads them.
 */
export interface GuardrailCasesDocument {
/**
 * The files of the guardrails, relative to this one. They are there before and after every change.
 * 
 * @minItems 1
 * @maxItems 100
 */
readonly guardrails: readonly string[]
/**
 * The namespace of documents that name none; else that of tenon.yaml, else default.
 */
readonly namespace?: string
/**
 * Documents that are there before and after every change: files relative to this one, or documents written out.
 * 
 * @maxItems 1000
 * 
 * Items: A file relative to this one, or a document written out.
 */
readonly shared?: {
readonly [k: string]: unknown
}[]
/**
 * Changes, and what the guardrails must say of them.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: One change.
 */
readonly cases: {
/**
 * What the case shows, in a few words.
 */
readonly name: string
/**
 * What is there before the change, beside the shared documents; nothing when left out.
 * 
 * @maxItems 1000
 * 
 * Items: A file relative to this one, or a document written out.
 */
readonly before?: {
readonly [k: string]: unknown
}[]
/**
 * What is there after the change, beside the shared documents; nothing when left out.
 * 
 * @maxItems 1000
 * 
 * Items: A file relative to this one, or a document written out.
 */
readonly after?: {
readonly [k: string]: unknown
}[]
/**
 * The day on which the change is judged, YYYY-MM-DD, in quotes; today when left out.
 */
readonly asOf?: string
/**
 * By the name of a guardrail (namespace/name where it is in another namespace): what it must say. broken: the change breaks it, and no waiver lets that pass.
 */
readonly expect: {
/**
 * holds, broken, or failed where it cannot be evaluated.
 */
readonly [k: string]: "holds" | "broken" | "failed"
}
/**
 * By the name of a guardrail: texts of which each must be in one of its violations.
 */
readonly violations?: {
/**
 * One entry for each text.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A text that must be in a violation.
 */
readonly [k: string]: {
/**
 * A part of the message, or of the witness.
 */
readonly contains: string
}[]
}
}[]
}
