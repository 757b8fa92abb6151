{{- define "phoenix.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "phoenix.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "phoenix.labels" -}}
{{ include "phoenix.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "phoenix.image" -}}
{{- $standard := ternary (printf "%s-cuda" .Chart.AppVersion) .Chart.AppVersion (gt (int .Values.gpu.limit) 0) -}}
{{- printf "%s:%s" .Values.image.repository (default $standard .Values.image.tag) -}}
{{- end -}}

{{- define "phoenix.hasAdmin" -}}
{{- if or .Values.admin.existingSecret .Values.admin.token -}}true{{- end -}}
{{- end -}}

{{- define "phoenix.adminSecret" -}}
{{- default (printf "%s-admin" (include "phoenix.fullname" .)) .Values.admin.existingSecret -}}
{{- end -}}
