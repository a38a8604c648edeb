{{/* What the schema of the values cannot say: combinations that would lose data or never start. */}}
{{- define "tenon.refuse" -}}
{{- if eq .Values.store.type "embedded" -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- fail (printf "replicas is %d, but the embedded store takes one writer only: set replicas to 1, or store.type to postgres." (int .Values.replicas)) -}}
{{- end -}}
{{- if and .Values.strategy.type (ne .Values.strategy.type "Recreate") -}}
{{- fail (printf "strategy.type is %s, but the embedded store must be closed before another pod opens it: leave strategy empty, or set it to Recreate." .Values.strategy.type) -}}
{{- end -}}
{{- if .Values.store.existingSecret -}}
{{- fail "store.existingSecret names the Secret of a PostgreSQL URL, but store.type is embedded: set store.type to postgres, or leave the Secret out." -}}
{{- end -}}
{{- else -}}
{{- if not .Values.store.existingSecret -}}
{{- fail "store.type is postgres: name the Secret that holds its URL in store.existingSecret." -}}
{{- end -}}
{{- if not .Values.store.key.existingSecret -}}
{{- fail "store.type is postgres: name the Secret that holds the key of the credentials in store.key.existingSecret." -}}
{{- end -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) -}}
{{- fail "replicas is above 1 and leaderElection.enabled is false: two operators would write at once. Turn leader election on." -}}
{{- end -}}
{{- if and .Values.webhook.enabled .Values.webhook.certManager.enabled .Values.webhook.existingSecret -}}
{{- fail "webhook.certManager.enabled and webhook.existingSecret both say where the certificate comes from: set one of them." -}}
{{- end -}}
{{- if and .Values.webhook.enabled .Values.webhook.existingSecret (not .Values.webhook.caBundle) -}}
{{- fail "webhook.existingSecret needs webhook.caBundle: the API server has to know which certificates to trust." -}}
{{- end -}}
{{- if and .Values.rbac.clusterServiceDefinitions (not .Values.watchNamespaces) -}}
{{- fail "rbac.clusterServiceDefinitions belongs to namespaced mode: without watchNamespaces the operator reads them anyway." -}}
{{- end -}}
{{- if and .Values.admissionPolicy.enabled (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail "admissionPolicy.enabled needs Kubernetes 1.30: ValidatingAdmissionPolicy is not stable before." -}}
{{- end -}}
{{- end -}}
