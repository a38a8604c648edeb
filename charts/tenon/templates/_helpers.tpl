{{/* The name of the chart, or what replaces it. */}}
{{- define "tenon.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the release's main objects: at most 63 characters, since a label may not be longer. */}}
{{- define "tenon.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "tenon.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tenon.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tenon.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/*
A name of at most 63 characters from a base and a suffix, called with (list base suffix). A base that is too long is cut,
and a digest of it keeps names apart whose beginnings are the same.
*/}}
{{- define "tenon.join" -}}
{{- $base := index . 0 -}}
{{- $suffix := index . 1 -}}
{{- $room := sub 62 (len $suffix) | int -}}
{{- if gt (len $base) $room -}}
{{- $base = printf "%s-%s" ($base | trunc (sub $room 9 | int) | trimSuffix "-") ($base | sha256sum | trunc 8) -}}
{{- end -}}
{{- printf "%s-%s" $base $suffix -}}
{{- end -}}

{{/* The name of a further object in the release's namespace, called with (list context suffix). */}}
{{- define "tenon.suffixed" -}}
{{- include "tenon.join" (list (include "tenon.fullname" (index . 0)) (index . 1)) -}}
{{- end -}}

{{/* The name of an object outside the release's namespace, where releases of several namespaces meet. */}}
{{- define "tenon.outside" -}}
{{- $context := index . 0 -}}
{{- $base := printf "%s-%s" (include "tenon.fullname" $context) (include "tenon.namespace" $context) -}}
{{- include "tenon.join" (list $base (index . 1)) -}}
{{- end -}}

{{- define "tenon.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tenon.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{/* The labels of every object; they win over the common ones. */}}
{{- define "tenon.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/name" (include "tenon.name" .)
  "app.kubernetes.io/instance" (.Release.Name | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63)
  "app.kubernetes.io/part-of" "tenon"
  "app.kubernetes.io/managed-by" .Release.Service
-}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) $own) -}}
{{- end -}}

{{/*
The metadata of an object, called with a dict of: context, name, and where they apply namespace, labels, annotations.
Its own annotations win over those of all objects.
*/}}
{{- define "tenon.metadata" -}}
name: {{ .name | quote }}
{{- with .namespace }}
namespace: {{ . | quote }}
{{- end }}
labels:
  {{- toYaml (mergeOverwrite (deepCopy (.labels | default dict)) (include "tenon.labels" .context | fromYaml)) | nindent 2 }}
{{- with mergeOverwrite (deepCopy .context.Values.commonAnnotations) (deepCopy (.annotations | default dict)) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The metadata of an object in the release's namespace, called with (list context name annotations). */}}
{{- define "tenon.metadataHere" -}}
{{- $context := index . 0 -}}
{{- $namespace := include "tenon.namespace" $context -}}
{{- include "tenon.metadata" (dict "context" $context "name" (index . 1) "namespace" $namespace "annotations" (index . 2)) -}}
{{- end -}}

{{- define "tenon.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "tenon.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "tenon.leaseName" -}}
{{- .Values.leaderElection.leaseName | default (include "tenon.fullname" .) -}}
{{- end -}}

{{/* The image: a digest wins over a tag, and the registry of all charts over this one's. */}}
{{- define "tenon.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- $repository := .Values.image.repository -}}
{{- if $registry -}}{{- $repository = printf "%s/%s" $registry $repository -}}{{- end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "tenon.isEmbedded" -}}
{{- if eq .Values.store.type "embedded" }}true{{ end -}}
{{- end -}}

{{- define "tenon.claimName" -}}
{{- .Values.store.persistence.existingClaim | default (include "tenon.suffixed" (list . "store")) -}}
{{- end -}}
