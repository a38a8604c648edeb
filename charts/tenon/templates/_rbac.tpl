{{/*
What the operator may do with the kinds that the list names. It follows them by list and watch, patches its finalizer in
and out, and writes the status, never a spec.
*/}}
{{- define "tenon.rules.kinds" -}}
- apiGroups: [tenon.dev]
  resources:
    {{- range . }}
    - {{ . }}
    {{- end }}
  verbs: [list, watch, patch]
- apiGroups: [tenon.dev]
  resources:
    {{- range . }}
    - {{ . }}/status
    {{- end }}
  verbs: [patch]
{{- end -}}

{{/* What the operator needs in the namespaces that it watches, besides its own kinds. */}}
{{- define "tenon.rules.surroundings" -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# Secrets are fetched by name. They are listed and watched only where that was asked for.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get{{ if .Values.operator.watchSecrets }}, list, watch{{ end }}]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
# To know that a namespace is being deleted. In a Role this is the right to its own namespace alone.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
{{- end -}}

{{- define "tenon.namespacedKinds" -}}
- accessgroups
- consumers
- credentials
- guardrails
- integrations
- servicedefinitions
{{- end -}}

{{- define "tenon.subject" -}}
- kind: ServiceAccount
  name: {{ include "tenon.serviceAccountName" . | quote }}
  namespace: {{ include "tenon.namespace" . | quote }}
{{- end -}}
