import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { SETTINGS, TestSource } from './app.ts'
import { irisFiles, writeBundle } from './bundle.ts'

export const INDEX = '<!doctype html><title>Copse</title>'
export const SCRIPT = `console.log(${JSON.stringify('a page '.repeat(200))})`

/** A folder as the page's build makes it. */
export function writePage(directory: string): string {
  mkdirSync(join(directory, 'assets'), { recursive: true })
  writeFileSync(join(directory, 'index.html'), INDEX)
  writeFileSync(join(directory, 'assets/main-ABC.js'), SCRIPT)
  writeFileSync(join(directory, 'assets/style-DEF.css'), 'body{margin:0}')
  writeFileSync(join(directory, 'assets/notes.txt'), 'not for the page')
  return directory
}

/** An app that serves Iris and a page, closed at the end of the test. */
export async function buildWithPage(t: Test): Promise<FastifyInstance> {
  const directory = writeBundle(t.testdir(), irisFiles())
  const app = await buildApp({
    sources: [new TestSource(directory)],
    settings: SETTINGS,
    console: writePage(join(directory, 'page')),
  })
  t.teardown(() => app.close())
  await app.models.default.reload()
  return app
}
