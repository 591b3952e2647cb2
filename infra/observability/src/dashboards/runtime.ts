import { dashboard } from './dashboard.ts'
import { lines, stat } from './panel.ts'
import { datasource, INSTALLATION, job, namespace } from './variables.ts'

const IN = INSTALLATION
/** Process and Node series of others are not ours: those of an instance that has a queue of inferences are. */
const OURS = `and on (namespace, job, instance) copse_queue_depth{${IN}}`

export const runtime = dashboard({
  uid: 'copse-runtime',
  title: 'Copse: runtime',
  description: 'Processor time, memory, event loop and garbage collection of the processes that serve.',
  variables: [datasource, namespace, job],
  rows: [
    {
      title: 'Processes',
      panels: [
        stat({
          title: 'Instances',
          description: 'Instances that are scraped.',
          unit: 'short',
          queries: [{ expr: `sum(copse:instances:count{${IN}})`, legend: 'instances' }],
        }),
        stat({
          title: 'Youngest',
          description:
            'Time since the last start of any instance; short again and again means that they are restarted.',
          unit: 's',
          queries: [{ expr: `time() - max(process_start_time_seconds{${IN}} ${OURS})`, legend: 'youngest' }],
        }),
        stat({
          title: 'Node',
          description: 'Instances by version of Node.',
          unit: 'short',
          width: 8,
          queries: [{ expr: `count by (version) (nodejs_version_info{${IN}} ${OURS})`, legend: '{{version}}' }],
        }),
        lines({
          title: 'Restarts',
          description: 'Starts of processes in the last hour, by instance.',
          unit: 'short',
          width: 8,
          height: 4,
          min: 0,
          queries: [{ expr: `changes(process_start_time_seconds{${IN}}[1h]) ${OURS}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Processor time',
          description:
            'Cores in use, by instance. A flat line at the limit of the container means that it is throttled.',
          unit: 'short',
          min: 0,
          queries: [
            { expr: `rate(process_cpu_seconds_total{${IN}}[$__rate_interval]) ${OURS}`, legend: '{{instance}}' },
          ],
        }),
        lines({
          title: 'Open files',
          description: 'Share of the file descriptors that the process may have open; connections are files.',
          unit: 'percentunit',
          min: 0,
          queries: [{ expr: `process_open_fds{${IN}} / process_max_fds{${IN}} ${OURS}`, legend: '{{instance}}' }],
        }),
      ],
    },
    {
      title: 'Event loop',
      panels: [
        lines({
          title: 'Delay of the event loop',
          description:
            'How late what is due is done: everything in the process waits that long. Requests are refused beyond `COPSE_MAX_DELAY`.',
          unit: 's',
          min: 0,
          alerts: ['CopseEventLoopLate'],
          queries: [
            { expr: `nodejs_eventloop_lag_p50_seconds{${IN}} ${OURS}`, legend: 'p50 {{instance}}' },
            { expr: `nodejs_eventloop_lag_p99_seconds{${IN}} ${OURS}`, legend: 'p99 {{instance}}' },
            { expr: `nodejs_eventloop_lag_max_seconds{${IN}} ${OURS}`, legend: 'max {{instance}}' },
          ],
        }),
        lines({
          title: 'Garbage collection',
          description: 'Share of the time spent in collections, by kind; young ones (minor) are many and short.',
          unit: 'percentunit',
          min: 0,
          queries: [
            {
              expr: `sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum{${IN}}[$__rate_interval]) ${OURS})`,
              legend: '{{kind}} {{instance}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Memory',
      panels: [
        lines({
          title: 'Resident memory',
          description: 'What the limit of the container is held against.',
          unit: 'bytes',
          min: 0,
          width: 8,
          queries: [{ expr: `process_resident_memory_bytes{${IN}} ${OURS}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Heap in use',
          description: 'Objects of JavaScript. A floor that rises from collection to collection is a leak.',
          unit: 'bytes',
          min: 0,
          width: 8,
          queries: [{ expr: `nodejs_heap_size_used_bytes{${IN}} ${OURS}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Memory outside of the heap',
          description: 'Buffers; forests are here.',
          unit: 'bytes',
          min: 0,
          width: 8,
          queries: [{ expr: `nodejs_external_memory_bytes{${IN}} ${OURS}`, legend: '{{instance}}' }],
        }),
      ],
    },
  ],
})
