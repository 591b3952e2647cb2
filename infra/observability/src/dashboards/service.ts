import { dashboard } from './dashboard.ts'
import { heatmap, lines, stat, table } from './panel.ts'
import { datasource, INFERENCE, INSTALLATION, job, namespace } from './variables.ts'

const IN = INSTALLATION
const COUNT = 'http_request_duration_seconds_count'
const BUCKET = 'http_request_duration_seconds_bucket'
const BURN = [
  ['5m', 14.4],
  ['1h', 14.4],
  ['6h', 6],
  ['3d', 1],
] as const

/** How many times faster than allowed the budget of `share` goes, by window. */
function burn(record: string, share: number) {
  return BURN.map(([window]) => ({
    expr: `${record}:ratio_rate${window}{${IN}} / ${share}`,
    legend: `${window} {{job}}`,
  }))
}

const BURN_THRESHOLDS = [
  [1, 'yellow'],
  [6, 'orange'],
  [14.4, 'red'],
] as const

export const service = dashboard({
  uid: 'copse-service',
  title: 'Copse: service',
  description: 'What callers see: requests, errors, latency, what was refused, and how fast the error budgets go.',
  variables: [datasource, namespace, job],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Instances',
          description: 'Instances that are scraped.',
          unit: 'short',
          alerts: ['CopseAbsent', 'CopseTargetDown'],
          queries: [{ expr: `sum(copse:instances:count{${IN}})`, legend: 'instances' }],
        }),
        stat({
          title: 'Inference requests',
          description: 'Of every dialect, a second.',
          unit: 'reqps',
          queries: [{ expr: `sum(copse:inference_requests:rate5m{${IN}})`, legend: 'requests' }],
        }),
        stat({
          title: 'Answered 5xx',
          description: 'Share of the inference requests of the last five minutes. The service promises 0.1 % at most.',
          unit: 'percentunit',
          alerts: ['CopseAvailabilityPage'],
          thresholds: [
            [0.001, 'yellow'],
            [0.0144, 'red'],
          ],
          queries: [{ expr: `max(copse:inference_errors:ratio_rate5m{${IN}})`, legend: '5xx' }],
        }),
        stat({
          title: 'Later than 25 ms',
          description: 'Share of the inference requests of the last five minutes. The service promises 1 % at most.',
          unit: 'percentunit',
          alerts: ['CopseLatencyPage'],
          thresholds: [
            [0.01, 'yellow'],
            [0.144, 'red'],
          ],
          queries: [{ expr: `max(copse:inference_slow:ratio_rate5m{${IN}})`, legend: 'late' }],
        }),
        stat({
          title: 'Median and 99th percentile',
          description:
            'Of inference requests of the last five minutes, from the head of the request to the end of the answer; the slowest job.',
          unit: 's',
          queries: [
            { expr: `max(copse:inference_latency_seconds:p50_5m{${IN}})`, legend: 'p50' },
            { expr: `max(copse:inference_latency_seconds:p99_5m{${IN}})`, legend: 'p99' },
          ],
        }),
        stat({
          title: 'In work',
          description: 'Inference requests that were let in and are not yet answered.',
          unit: 'short',
          queries: [{ expr: `sum(copse_queue_depth{${IN}})`, legend: 'requests' }],
        }),
      ],
    },
    {
      title: 'Promises',
      panels: [
        lines({
          title: 'Burn rate of the availability budget',
          description:
            'How many times faster than allowed requests are answered 5xx. At 1 the 30 days just last; 14.4 over an hour or 6 over six hours pages.',
          unit: 'short',
          min: 0,
          alerts: ['CopseAvailabilityPage', 'CopseAvailabilityTicket'],
          thresholds: BURN_THRESHOLDS,
          queries: burn('copse:inference_errors', 0.001),
        }),
        lines({
          title: 'Burn rate of the latency budget',
          description:
            'How many times faster than allowed requests are answered later than in 25 ms. At 1 the 30 days just last.',
          unit: 'short',
          min: 0,
          alerts: ['CopseLatencyPage', 'CopseLatencyTicket'],
          thresholds: BURN_THRESHOLDS,
          queries: burn('copse:inference_slow', 0.01),
        }),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        lines({
          title: 'Requests by route',
          description: 'Every route that the service has; `__unknown__` is none of them.',
          unit: 'reqps',
          min: 0,
          stacked: true,
          queries: [{ expr: `sum by (route) (rate(${COUNT}{${IN}}[$__rate_interval]))`, legend: '{{route}}' }],
        }),
        lines({
          title: 'Answers by status',
          description:
            'All routes. 4xx are for the caller to mend, 429 among them says that too much was asked; 5xx are ours.',
          unit: 'reqps',
          min: 0,
          stacked: true,
          alerts: ['CopseAvailabilityPage'],
          queries: [
            { expr: `sum by (status_code) (rate(${COUNT}{${IN}}[$__rate_interval]))`, legend: '{{status_code}}' },
          ],
        }),
        lines({
          title: 'Refused to protect the rest',
          description:
            'By reason: `rate` of one key, `concurrency` (too many at once), `delay` (event loop late), `deadline` (too late to be of use).',
          unit: 'reqps',
          min: 0,
          alerts: ['CopseShedding'],
          queries: [
            {
              expr: `sum by (reason) (rate(copse_requests_shed_total{${IN}}[$__rate_interval]))`,
              legend: '{{reason}}',
            },
          ],
        }),
        lines({
          title: 'In work by instance',
          description: 'Inference requests that were let in and are not yet answered.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `copse_queue_depth{${IN}}`, legend: '{{instance}}' }],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        lines({
          title: 'Inference latency',
          description: 'From the head of the request to the end of the answer, all dialects.',
          unit: 's',
          min: 0,
          alerts: ['CopseLatencyPage'],
          queries: [0.5, 0.9, 0.99].map((q) => ({
            expr: `histogram_quantile(${q}, sum by (le) (rate(${BUCKET}{${IN}, ${INFERENCE}}[$__rate_interval])))`,
            legend: `p${q * 100}`,
          })),
        }),
        heatmap({
          title: 'Inference latency, all of it',
          description: 'Requests by latency; two bands mean two kinds of requests, such as single rows and batches.',
          unit: 's',
          queries: [{ expr: `sum by (le) (rate(${BUCKET}{${IN}, ${INFERENCE}}[$__rate_interval]))`, legend: '{{le}}' }],
        }),
      ],
    },
    {
      title: 'Alerts',
      panels: [
        table({
          title: 'Alerts of now',
          description: 'Pending and firing ones.',
          unit: 'short',
          width: 24,
          alerts: ['CopseAbsent'],
          columns: ['alertname', 'alertstate', 'severity', 'job', 'model', 'feature', 'instance'],
          queries: [{ expr: 'ALERTS{alertname=~"Copse.*"}' }],
        }),
      ],
    },
  ],
})
