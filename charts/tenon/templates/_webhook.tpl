{{/* The Secret with the webhook's certificate. */}}
{{- define "tenon.webhookSecret" -}}
{{- .Values.webhook.existingSecret | default (include "tenon.suffixed" (list . "webhook-tls")) -}}
{{- end -}}

{{/* The names by which the API server may call the webhook. */}}
{{- define "tenon.webhookHosts" -}}
{{- $host := printf "%s.%s.svc" (include "tenon.suffixed" (list . "webhook")) (include "tenon.namespace" .) -}}
- {{ $host }}
- {{ $host }}.cluster.local
{{- end -}}
