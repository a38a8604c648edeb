{{/* The Secret with the webhook's certificate. */}}
{{- define "tenon.webhookSecret" -}}
{{- .Values.webhook.existingSecret | default (include "tenon.suffixed" (list . "webhook-tls")) -}}
{{- end -}}

{{/* The name by which the API server calls the webhook. */}}
{{- define "tenon.webhookHost" -}}
{{- include "tenon.suffixed" (list . "webhook") }}.{{ include "tenon.namespace" . }}.svc
{{- end -}}

{{/*
The chart's own certificate, as the data of its Secret: the one that is there already, so that an upgrade changes nothing,
else a new one. Where templates are rendered apart from a cluster, it is new every time.
*/}}
{{- define "tenon.selfSigned" -}}
{{- $found := (lookup "v1" "Secret" (include "tenon.namespace" .) (include "tenon.webhookSecret" .)).data | default dict -}}
{{- if and (get $found "ca.crt") (get $found "tls.crt") (get $found "tls.key") -}}
{{- pick $found "ca.crt" "tls.crt" "tls.key" | toYaml -}}
{{- else -}}
{{- $host := include "tenon.webhookHost" . -}}
{{- $ca := genCA (printf "%s-ca" (include "tenon.fullname" .) | trunc 63) (int .Values.webhook.selfSignedDays) -}}
{{- $name := include "tenon.suffixed" (list . "webhook") -}}
{{- $certificate := genSignedCert $name nil (list $host (print $host ".cluster.local")) (int .Values.webhook.selfSignedDays) $ca -}}
{{- dict "ca.crt" ($ca.Cert | b64enc) "tls.crt" ($certificate.Cert | b64enc) "tls.key" ($certificate.Key | b64enc) | toYaml -}}
{{- end -}}
{{- end -}}

{{/* The namespaces that are asked about: never kube-system, and in namespaced mode those that are watched. */}}
{{- define "tenon.namespaceSelector" -}}
{{- $context := index . 0 -}}
{{- $given := index . 1 -}}
{{- $expressions := list (dict "key" "kubernetes.io/metadata.name" "operator" "NotIn" "values" (list "kube-system")) -}}
{{- with $context.Values.watchNamespaces -}}
{{- $expressions = append $expressions (dict "key" "kubernetes.io/metadata.name" "operator" "In" "values" .) -}}
{{- end -}}
{{- $expressions = concat $expressions (get $given "matchExpressions" | default list) -}}
{{- mergeOverwrite (deepCopy $given) (dict "matchExpressions" $expressions) | toYaml -}}
{{- end -}}

{{/* The kinds that admission looks at: the one without a namespace only where the operator looks at it too. */}}
{{- define "tenon.admittedKinds" -}}
{{- if or (not .Values.watchNamespaces) .Values.rbac.clusterServiceDefinitions }}
- clusterservicedefinitions
{{- end }}
{{ include "tenon.namespacedKinds" . }}
{{- end -}}

{{/* Leaves out the operator's own writes: finalizers must be removable whatever the object says. */}}
{{- define "tenon.notTheOperator" -}}
{{- $account := printf "system:serviceaccount:%s:%s" (include "tenon.namespace" .) (include "tenon.serviceAccountName" .) -}}
- name: not-the-operator
  expression: request.userInfo.username != {{ $account | squote }}
{{- end -}}
