import '../dom.ts'
import { render, type TemplateResult } from 'lit-html'
import type { Test } from 'tap'
import type { Page } from '../../src/page.ts'
import { pageOf, TestService, until } from '../service.ts'

export interface Shown {
  readonly page: Page
  readonly service: TestService
  /** Where the view is drawn, anew at each call. */
  body(): HTMLElement
  /** Waits until the drawn text holds this. */
  says(text: string): Promise<HTMLElement>
}

/** A view of a page before a service, drawn as the page draws it. */
export async function shown(
  t: Test,
  view: (page: Page) => TemplateResult,
  ready: (page: Page) => boolean = ({ trial }) => trial.answer !== undefined && trial.curve !== undefined,
  service = new TestService(),
): Promise<Shown> {
  const page = pageOf(service)
  const root = document.createElement('div')
  document.body.append(root)
  t.teardown(() => page.rest())
  page.start()
  await until(() => ready(page))
  const body = () => {
    render(view(page), root)
    return root
  }
  return {
    page,
    service,
    body,
    async says(text) {
      await until(() => plain(body()).includes(text))
      return root
    },
  }
}

/** The texts of all elements of a selector. */
export function texts(of: ParentNode, selector: string): string[] {
  return Array.from(of.querySelectorAll(selector), plain)
}

function plain({ textContent }: Node): string {
  return (textContent ?? '').replace(/\s+/g, ' ').trim()
}

/** An event as people cause it. */
export function happens(at: Element, name: string): Event {
  const event = document.createEvent('Event')
  event.initEvent(name, true, true)
  at.dispatchEvent(event)
  return event
}

/** Types into a field. */
export function type(field: Element | null, value: string): void {
  Object.assign(field!, { value })
  happens(field!, 'input')
}

/** Presses the button that says so. */
export function press(body: ParentNode, text: string): void {
  const button = Array.from(body.querySelectorAll('button')).find((one) => plain(one).includes(text))
  button!.click()
}
