export { ToolsError } from './errors.ts'
export { GO_TOOLS, type GoTool, goTool } from './go.ts'
export { kubernetesSchemas } from './kubernetes-schemas.ts'
export { type PythonTools, pythonTools } from './python.ts'
