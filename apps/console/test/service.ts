import type { Cell } from '../src/answers.ts'
import type { KeyStore } from '../src/client.ts'
import { Page } from '../src/page.ts'
import { DRIFT, EVALUATION, EXAMPLES, FLOWERS, LIVE, MODELS, PERFORMANCE, PRICES } from './answers.ts'

/** The storage of one tab. */
export function keyStore(): KeyStore {
  const kept = new Map<string, string>()
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  }
}

/** A service that a test steers, for what a real one would not do when it is asked; browser/console.ts has the real one. */
export class TestService {
  /** What it was asked, in turn. */
  readonly asked: string[] = []
  /** Whether it is there. */
  up = true
  /** The key that it wants. */
  key: string | undefined
  /** What it answers by path; a Response as it is. */
  readonly answers: Record<string, unknown> = {
    models: { models: MODELS },
    'model/info': FLOWERS,
    'model/info?model=prices&version=1': PRICES,
    'model/evaluation': EVALUATION,
    'model/examples': { examples: EXAMPLES },
    'model/examples?model=prices&version=1': { examples: [] },
    'model/card': '# Flowers',
    'monitoring/drift': DRIFT,
    'monitoring/performance': PERFORMANCE,
    'monitoring/live': LIVE,
  }

  readonly fetch = async (input: unknown, { headers, body }: RequestInit = {}): Promise<Response> => {
    const path = String(input)
    this.asked.push(path)
    if (!this.up) throw new TypeError('fetch failed')
    const sent = new Headers(headers).get('authorization')
    if (this.key !== undefined && sent !== `Bearer ${this.key}`) {
      const code = sent === null ? 'API_ERR_KEY_MISSING' : 'API_ERR_KEY'
      return Response.json({ statusCode: 401, code, message: 'A key is needed.' }, { status: 401 })
    }
    if (path.startsWith('model/try')) return this.#tried(path, JSON.parse(String(body)))
    const answer = this.answers[path]
    if (answer instanceof Response) return answer.clone()
    if (answer === undefined) {
      return Response.json({ statusCode: 404, code: 'API_ERR_NOT_FOUND', message: 'There is none.' }, { status: 404 })
    }
    return typeof answer === 'string' ? new Response(answer) : Response.json(answer)
  }

  /** Flowers longer than 4 are virginica; a price is ten times the carat. */
  #tried(path: string, { features, rows }: { features?: Cell[]; rows?: Cell[][] }): Response {
    const one = ([first]: readonly Cell[]) => {
      const value = Number(first)
      if (path.includes('prices')) return { prediction: { value: 10 * value } }
      const share = value > 4 ? 0.1 : 0.9
      return {
        prediction: { class_id: value > 4 ? 1 : 0, confidence: 0.9 },
        probabilities: { setosa: share, virginica: 1 - share },
      }
    }
    if (features?.[0] === 666) {
      const refusal = { statusCode: 400, code: 'API_ERR_VALUE', message: 'length must be better.', path: '/features/0' }
      return Response.json(refusal, { status: 400 })
    }
    return Response.json(features ? one(features) : { predictions: rows!.map(one) })
  }
}

/** A page before such a service. */
export function pageOf(service = new TestService(), onChange: () => void = () => {}): Page {
  return new Page(onChange, keyStore(), service.fetch as typeof fetch)
}

/** Waits until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); ) {
    if (Date.now() > end) throw new Error(`it never held: ${holds}`)
    await new Promise((soon) => setTimeout(soon, 2))
  }
}
