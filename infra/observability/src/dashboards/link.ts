import type { DashboardLink } from '@grafana/schema'

/** A link of a dashboard or of a panel, with what Grafana wants to be said besides. */
export function link(type: DashboardLink['type'], given: Partial<DashboardLink>): DashboardLink {
  return {
    type,
    title: '',
    tags: [],
    url: '',
    icon: 'external link',
    tooltip: '',
    asDropdown: false,
    targetBlank: false,
    includeVars: false,
    keepTime: false,
    ...given,
  }
}
