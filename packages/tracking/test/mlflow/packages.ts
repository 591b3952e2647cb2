/** The MLflow that everything is tested on. */
export const VERSION = '3.17.2'
/** PostgreSQL's driver, an S3 store with its client, and what the app `basic-auth` asks for. */
const BESIDE = ['psycopg2-binary', 'boto3', 'moto[server]', 'flask-wtf']
const SMALL = [
  `mlflow-skinny==${VERSION}`,
  'flask',
  'flask-cors',
  'sqlalchemy',
  'alembic',
  'pandas',
  'aiohttp',
  ...BESIDE,
]
const FULL = [`mlflow==${VERSION}`, 'onnx==1.23.2', 'onnxruntime==1.32.0', ...BESIDE]

/** Python packages that a server of a version needs; with `full` also what loads and serves models. */
export function packagesOf({ full, version }: { full: boolean; version: string }): readonly string[] {
  if (version === VERSION) return full ? FULL : SMALL
  // Versions before 3 import what later setuptools and SQLAlchemy do not have.
  const old = version.startsWith('2.') ? ['setuptools<81', 'sqlalchemy<2.1'] : []
  return [`mlflow==${version}`, ...old, ...BESIDE]
}
