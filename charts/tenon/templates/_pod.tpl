{{/* Names of pull secrets, given as text or as objects. */}}
{{- define "tenon.imagePullSecrets" -}}
{{- $names := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $names = append $names (kindIs "string" . | ternary . (get (kindIs "map" . | ternary . dict) "name")) -}}
{{- end -}}
{{- range uniq $names }}
- name: {{ . | quote }}
{{- end -}}
{{- end -}}

{{/* Labels of pods. The version of the chart is none of them: a new chart alone restarts nothing. */}}
{{- define "tenon.podLabels" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) .Values.podLabels (include "tenon.selectorLabels" . | fromYaml)) -}}
{{- end -}}

{{/* The operator's arguments. Each is one flag with its value, so that none can be mistaken for another's value. */}}
{{- define "tenon.args" -}}
- operator
- "--cluster-name={{ .Values.operator.clusterName }}"
{{- range .Values.watchNamespaces }}
- "--namespace={{ . }}"
{{- end }}
{{- if .Values.rbac.clusterServiceDefinitions }}
- --cluster-services
{{- end }}
{{- if include "tenon.isEmbedded" . }}
- --store=/var/lib/tenon
{{- end }}
{{- if .Values.store.key.existingSecret }}
- --key-file=/etc/tenon/key/tenon.key
{{- end }}
{{- if .Values.sops.age.existingSecret }}
{{- range .Values.sops.age.keys }}
- --age-key-file=/etc/tenon/age/{{ . }}
{{- end }}
{{- end }}
- "--mode={{ .Values.operator.mode }}"
- "--interval={{ .Values.operator.interval }}"
{{- if .Values.operator.prune }}
- --prune
{{- end }}
- "--timeout={{ .Values.operator.timeout }}"
- "--concurrent={{ .Values.operator.concurrent }}"
{{- if .Values.operator.requireBinding }}
- --require-binding
{{- end }}
{{- range .Values.operator.allowEndpoints }}
- "--allow-endpoint={{ . }}"
{{- end }}
{{- if .Values.operator.watchSecrets }}
- --watch-secrets
{{- end }}
{{- if .Values.leaderElection.enabled }}
- "--lease-name={{ include "tenon.leaseName" . }}"
{{- else }}
- --no-leader-elect
{{- end }}
- "--metrics-address={{ if .Values.metrics.enabled }}:{{ .Values.metrics.port }}{{ else }}0{{ end }}"
- --health-address=:{{ .Values.health.port }}
{{- if .Values.webhook.enabled }}
- --webhook-address=:{{ .Values.webhook.port }}
- --webhook-cert-dir=/etc/tenon/webhook
{{- end }}
- --cache-dir=/tmp/cache
- "--log-level={{ .Values.operator.logLevel }}"
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/* The container's variables. An extra one replaces the chart's own, since Helm 4 refuses two of one name. */}}
{{- define "tenon.env" -}}
{{- $own := list
  (dict "name" "POD_NAME" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.name")))
  (dict "name" "POD_NAMESPACE" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.namespace")))
  (dict "name" "HOME" "value" "/tmp")
-}}
{{- if .Values.nodeOptions -}}
{{- $own = append $own (dict "name" "NODE_OPTIONS" "value" .Values.nodeOptions) -}}
{{- end -}}
{{- if not (include "tenon.isEmbedded" .) -}}
{{- $url := dict "name" .Values.store.existingSecret "key" .Values.store.existingSecretKey -}}
{{- $own = append $own (dict "name" "TENON_STORE" "valueFrom" (dict "secretKeyRef" $url)) -}}
{{- end -}}
{{- $extra := list -}}
{{- range .Values.extraEnv -}}
{{- if has .name $extra -}}{{- fail (printf "extraEnv names %s twice: leave one of them out." .name) -}}{{- end -}}
{{- $extra = append $extra .name -}}
{{- end -}}
{{- range $own -}}
{{- if not (has .name $extra) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end -}}
{{- end -}}
{{- range .Values.extraEnv }}
- {{ toYaml . | nindent 2 | trim }}
{{- end -}}
{{- end -}}

{{- define "tenon.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if include "tenon.isEmbedded" . }}
- name: store
  mountPath: /var/lib/tenon
{{- end }}
{{- if .Values.store.key.existingSecret }}
- name: key
  mountPath: /etc/tenon/key
  readOnly: true
{{- end }}
{{- if .Values.sops.age.existingSecret }}
- name: age
  mountPath: /etc/tenon/age
  readOnly: true
{{- end }}
{{- if .Values.webhook.enabled }}
- name: webhook-certificate
  mountPath: /etc/tenon/webhook
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
The pod's volumes. Files of Secrets are mode 0400, written as 256, since an octal number means
something else in YAML 1.2; Kubernetes adds the right of the pod's group to read them.
*/}}
{{- define "tenon.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.temporaryFilesLimit | quote }}
{{- if include "tenon.isEmbedded" . }}
- name: store
  {{- if .Values.store.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "tenon.claimName" . | quote }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- with .Values.store.key }}
{{- if .existingSecret }}
- name: key
  secret:
    secretName: {{ .existingSecret | quote }}
    defaultMode: 256
    items:
      - key: {{ .existingSecretKey | quote }}
        path: tenon.key
{{- end }}
{{- end }}
{{- with .Values.sops.age }}
{{- if .existingSecret }}
- name: age
  secret:
    secretName: {{ .existingSecret | quote }}
    defaultMode: 256
    items:
      {{- range .keys }}
      - key: {{ . | quote }}
        path: {{ . | quote }}
      {{- end }}
{{- end }}
{{- end }}
{{- if .Values.webhook.enabled }}
- name: webhook-certificate
  secret:
    secretName: {{ include "tenon.webhookSecret" . | quote }}
    defaultMode: 256
    items:
      - key: tls.crt
        path: tls.crt
      - key: tls.key
        path: tls.key
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tenon.ports" -}}
{{- if .Values.metrics.enabled }}
- name: metrics
  containerPort: {{ .Values.metrics.port }}
  protocol: TCP
{{- end }}
- name: health
  containerPort: {{ .Values.health.port }}
  protocol: TCP
{{- if .Values.webhook.enabled }}
- name: webhook
  containerPort: {{ .Values.webhook.port }}
  protocol: TCP
{{- end }}
{{- end -}}

{{/* How pods spread: a constraint without a selector means this release's pods. */}}
{{- define "tenon.topologySpreadConstraints" -}}
{{- $selector := dict "matchLabels" (include "tenon.selectorLabels" . | fromYaml) -}}
{{- range .Values.topologySpreadConstraints }}
- {{ toYaml (hasKey . "labelSelector" | ternary . (merge (dict "labelSelector" $selector) .)) | nindent 2 | trim }}
{{- end -}}
{{- end -}}
