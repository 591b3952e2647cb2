import t from 'tap'
import { detectDialect } from '../src/dialect.ts'

const delimiter = (head: string, target = 'y'): string => detectDialect(head, true, target).delimiter
const newline = (head: string): string => detectDialect(head, true, 'y').newline

t.test('the delimiter whose header holds the target', async (t) => {
  t.equal(delimiter('a,b,y\n1,2,3\n'), ',')
  t.equal(delimiter('a;b;y\n1,5;2,5;3\n'), ';')
  t.equal(delimiter('a\tb\ty\n1\t2\t3\n'), '\t')
  t.equal(delimiter('a,b;y\n1,2;3\n'), ';')
  t.equal(delimiter('"a;b";"c";"y"\n1;2;3\n'), ';')
  t.equal(delimiter('a;y\n1;2\n3\n4;5;6'), ';', 'also when records are ragged')
})

t.test('with an unknown target, the delimiter that fits all lines', async (t) => {
  t.equal(delimiter('a,b;c\n1,2\n', 'z'), ',')
  t.equal(delimiter('a,b;c\n1;2,5\n3;4\n', 'z'), ';')
  t.equal(delimiter('a;b;c\n1,5;2,5;3\n', 'z'), ';')
  t.equal(delimiter('', 'z'), ',')
  t.equal(delimiter('a\n1\n', 'z'), ',')
})

t.test('a delimiter given is taken', async (t) => {
  t.equal(detectDialect('a,y\n1,2\n', true, 'y', '|').delimiter, '|')
})

t.test('the unfinished line at the end does not count', async (t) => {
  t.equal(detectDialect('a;b\n1;2\n3', false, 'z').delimiter, ';')
  t.equal(detectDialect('a;b', false, 'z').delimiter, ';', 'but when it is all there is')
})

t.test('the line end', async (t) => {
  t.equal(newline('a,y\n1,2\r\n'), '\n')
  t.equal(newline('a,y\r\n1,2\n'), '\n')
  t.equal(newline('a,y\r1,2\r'), '\r')
  t.equal(newline('"a\rb",y\n1,2\r'), '\n', 'not the one in quotes')
  t.equal(newline('a,y'), '\n')
})
