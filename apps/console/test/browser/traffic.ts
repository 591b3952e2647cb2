/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const CENTRES = [
  ['setosa', [5, 3.4, 1.5, 0.25]],
  ['versicolor', [5.9, 2.8, 4.3, 1.3]],
  ['virginica', [6.6, 3, 5.6, 2]],
] as const

/** Sends flowers, each `shift` cm longer in the sepal than those of training; with `labels` it tells what they were. */
export async function sendFlowers(
  url: string,
  count: number,
  { shift = 0, labels = false, seed = 1 } = {},
): Promise<void> {
  const draw = random(seed)
  const known: { prediction_id: string; label: string }[] = []
  for (let i = 0; i < count; i++) {
    const [label, centre] = CENTRES[i % CENTRES.length]!
    const features = centre.map((value) => Number((value + (draw() - 0.5) * 0.8).toFixed(2)))
    features[0] = Number((features[0]! + shift).toFixed(2))
    const answer = await post(`${url}/predict`, { features })
    await answer.arrayBuffer()
    const id = answer.headers.get('x-prediction-id')
    if (id !== null && i % 2 === 0) known.push({ prediction_id: id, label })
  }
  if (labels) await post(`${url}/feedback`, { labels: known })
}

async function post(url: string, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer
}
