/** Kinds whose schemas are not Kubernetes' own: of the Gateway API and of the Prometheus operator. */
export const KUBERNETES_KINDS_ELSEWHERE = ['HTTPRoute', 'PrometheusRule', 'ServiceMonitor']
