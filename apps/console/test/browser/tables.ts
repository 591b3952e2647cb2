import { random } from './traffic.ts'

/** Names as nobody should choose them. */
export const HOSTILE = {
  feature: '<img src=x onerror="window.broken=1">',
  category: 'a \'b\' "c" & <script>window.broken=1</script>',
  level: '</option><b>bold</b>',
  odd: '$1{{x}} ünïcödé 中文 __proto__',
}

/** 30 features, categories and missing values among them, and names that are no names. */
export function churn(rows = 400): string {
  const draw = random(5)
  const months = Array.from({ length: 12 }, (_, i) => `usage_month_${i + 1}`)
  const others = Array.from({ length: 14 }, (_, i) => `signal_${i + 1}`)
  const head = [...months, ...others, HOSTILE.feature, HOSTILE.category, HOSTILE.odd, 'contract_type', 'churned']
  const lines = [head.map(quoted).join(',')]
  for (let row = 0; row < rows; row++) {
    const base = 30 + draw() * 60
    const trend = draw() * 4 - 2
    const contract = ['monthly', 'yearly', 'two years'][Math.floor(draw() * 3)]!
    const level = [HOSTILE.level, 'plain', ''][Math.floor(draw() * 3)]!
    const calls = Math.floor(draw() * 8)
    const score = -trend + calls / 2 + (contract === 'monthly' ? 1.5 : -0.5) + (draw() - 0.5) * 2
    const cells = [
      ...months.map((_, month) => (base + trend * month + draw() * 8).toFixed(1)),
      ...others.map(() => (draw() < 0.1 ? '' : (draw() * 100).toFixed(2))),
      String(calls),
      level,
      draw().toFixed(3),
      contract,
      score > 2 ? 'yes' : 'no',
    ]
    lines.push(cells.map(quoted).join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A number to be told from numbers and categories, as of gems. */
export function gems(rows = 600): string {
  const draw = random(7)
  const cuts = ['Fair', 'Good', 'Very Good', 'Premium', 'Ideal']
  const colors = ['D', 'E', 'F', 'G', 'H', 'I', 'J']
  const lines = ['carat,cut,color,depth,table,price']
  for (let row = 0; row < rows; row++) {
    const carat = 0.2 + draw() ** 2 * 2.8
    const [cut, color] = [Math.floor(draw() * cuts.length), Math.floor(draw() * colors.length)]
    const price = carat ** 1.7 * 4000 * (1 + 0.05 * cut) * (1.3 - 0.08 * color) * (0.9 + draw() * 0.2)
    const depth = (58 + draw() * 8).toFixed(1)
    lines.push(
      [
        carat.toFixed(2),
        quoted(cuts[cut]!),
        colors[color],
        depth,
        Math.round(53 + draw() * 10),
        Math.round(price),
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}
