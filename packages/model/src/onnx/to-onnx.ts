import { ModelError } from '../errors.ts'
import type { Forest } from '../forest.ts'
import { MAX_FLOAT32 } from '../threshold.ts'
import { type Ensemble, type EnsembleNode, eachNode, eachWeight, MODES, planEnsemble } from './ensemble.ts'
import {
  doubleBytes,
  type Each,
  encodeMessage,
  floats,
  integer,
  integers,
  message,
  type Part,
  sizeOf,
  text,
  texts,
} from './protobuf.ts'

/** Version of this package, written as the producer's. */
export const VERSION = '0.1.0'

/** Protobuf's own limit: the length of a message is an int32. */
const MAX_BYTES = 2 ** 31 - 1

/**
 * The forest as an ONNX model: opset 17 and ai.onnx.ml 3, which every runtime has that runs tree ensembles.
 *
 * One input, `features`: float [rows, features], numbers as in `predictInto`: a category is the index of its level, a
 * missing value is NaN. Outputs for classes: `label`, string [rows], and `probabilities`, float [rows, classes]; for
 * numbers: `value`, float [rows]. Names and levels are in the metadata, see docs/onnx.md.
 *
 * The trees are one TreeEnsembleRegressor with a target a class, never a TreeEnsembleClassifier, whose label for two
 * classes differs between runtimes. The input is cast to float64 only so that a runtime sums in float64.
 *
 * @throws ModelError MODEL_ERR_ONNX when the model would not fit ONNX's limits: 2 GiB, answers in float32.
 */
export function toOnnx(forest: Forest): Uint8Array<ArrayBuffer> {
  const parts = modelParts(forest)
  const size = sizeOf(parts)
  if (size > MAX_BYTES) throw refusal(`The model takes ${size} bytes in ONNX, expected at most ${MAX_BYTES}.`)
  return encodeMessage(parts)
}

/** Length in bytes of what `toOnnx` returns, without making it. */
export function onnxSize(forest: Forest): number {
  return sizeOf(modelParts(forest))
}

// Field numbers of onnx-ml.proto (onnx 1.23, IR version 8) stand beside each field below.

function modelParts(forest: Forest): Part[] {
  const { signature } = forest
  const opset = (domain: string, version: number) => message(8, [text(1, domain), integer(2, version)]) // opset_import: domain, version
  const property = (key: string, value: string) => message(14, [text(1, key), text(2, value)]) // metadata_props: key, value
  return [
    integer(1, 8), // ir_version
    text(2, 'copse'), // producer_name
    text(3, VERSION), // producer_version
    message(7, graphParts(forest)), // graph
    opset('', 17),
    opset('ai.onnx.ml', 3),
    property('copse.features', JSON.stringify(signature.features.map((feature) => feature.name))),
    property('copse.target', signature.target.name),
    property('copse.signature', JSON.stringify(signature)),
  ]
}

function graphParts(forest: Forest): Part[] {
  const { features, target } = forest.signature
  const input = valueInfo(11, 'features', FLOAT, ['rows', features.length]) // input
  const cast = node('Cast', '', ['features'], ['wide'], [intAttribute('to', DOUBLE)])
  const name = text(2, 'forest') // name
  if (target.type === 'number') {
    return [
      cast,
      node('TreeEnsembleRegressor', 'ai.onnx.ml', ['wide'], ['values'], ensembleAttributes(forest)),
      node('Squeeze', '', ['values', 'axes'], ['value'], []),
      name,
      initializer([integer(1, 1), integer(2, INT64), integers(7, (take) => take(1)), text(8, 'axes')]), // dims, data_type, int64_data, name
      input,
      valueInfo(12, 'value', FLOAT, ['rows']), // output
    ]
  }
  const labels = target.classes.map((label) => text(6, label)) // string_data
  return [
    cast,
    node('TreeEnsembleRegressor', 'ai.onnx.ml', ['wide'], ['probabilities'], ensembleAttributes(forest)),
    // The first class with the highest share, as in `predict`.
    node('ArgMax', '', ['probabilities'], ['class_id'], [intAttribute('axis', 1), intAttribute('keepdims', 0)]),
    node('Gather', '', ['classes', 'class_id'], ['label'], []),
    name,
    initializer([integer(1, labels.length), integer(2, STRING), ...labels, text(8, 'classes')]), // dims, data_type, string_data, name
    input,
    valueInfo(12, 'label', STRING, ['rows']), // output
    valueInfo(12, 'probabilities', FLOAT, ['rows', target.classes.length]),
  ]
}

/** Attributes of a TreeEnsembleRegressor whose outputs are means over the trees. */
function ensembleAttributes(forest: Forest): Part[] {
  const ensemble = planEnsemble(forest.trees, forest.signature)
  const { nodes } = ensemble
  const each =
    (field: Exclude<keyof EnsembleNode, 'mode'>): Each =>
    (take) =>
      eachNode(ensemble, (node) => take(node[field]))
  const modes: Each = (take) => eachNode(ensemble, (node) => take(node.mode))
  return [
    intsAttribute('nodes_treeids', each('tree')),
    intsAttribute('nodes_nodeids', each('id')),
    intsAttribute('nodes_featureids', each('feature')),
    attribute('nodes_modes', STRINGS_ATTRIBUTE, texts(9, MODES, modes)), // strings
    attribute('nodes_values', FLOATS_ATTRIBUTE, floats(7, nodes, each('value'))), // floats
    intsAttribute('nodes_truenodeids', each('whenTrue')),
    intsAttribute('nodes_falsenodeids', each('whenFalse')),
    intsAttribute('nodes_missing_value_tracks_true', each('missingTrue')),
    ...weightAttributes(forest, ensemble),
    intAttribute('n_targets', forest.outputs),
  ]
}

/**
 * Shares are rounded to float32. Values stay float64: where they cancel out, their sum would keep less of its precision
 * than of theirs.
 */
function weightAttributes(forest: Forest, ensemble: Ensemble): Part[] {
  const vote = forest.aggregation === 'vote'
  let count = 0
  eachWeight(ensemble, vote, () => count++)
  const trees: Each = (take) => eachWeight(ensemble, vote, (tree) => take(tree))
  const ids: Each = (take) => eachWeight(ensemble, vote, (_tree, id) => take(id))
  const targets: Each = (take) => eachWeight(ensemble, vote, (_tree, _id, target) => take(target))
  const weights: Each = (take) => eachWeight(ensemble, vote, (_tree, _id, _target, weight) => take(weight))
  if (forest.signature.target.type === 'number') refuseTooLarge(forest)
  return [
    intsAttribute('target_treeids', trees),
    intsAttribute('target_nodeids', ids),
    intsAttribute('target_ids', targets),
    forest.signature.target.type === 'class'
      ? attribute('target_weights', FLOATS_ATTRIBUTE, floats(7, count, weights)) // floats
      : attribute(
          'target_weights_as_tensor',
          TENSOR_ATTRIBUTE,
          message(5, [integer(1, count), integer(2, DOUBLE), text(8, 'weights'), doubleBytes(9, count, weights)]), // t: dims, data_type, name, raw_data
        ),
  ]
}

function refuseTooLarge({ trees }: Forest): void {
  const largest = trees.leafShare.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest <= MAX_FLOAT32) return
  throw refusal(`A leaf has the value ${largest}, expected one within float32, which ONNX answers in.`)
}

// TensorProto.DataType
const FLOAT = 1
const INT64 = 7
const STRING = 8
const DOUBLE = 11

// AttributeProto.AttributeType
const INT_ATTRIBUTE = 2
const TENSOR_ATTRIBUTE = 4
const FLOATS_ATTRIBUTE = 6
const INTS_ATTRIBUTE = 7
const STRINGS_ATTRIBUTE = 8

function node(
  operator: string,
  domain: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Part[],
): Part {
  const named = [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name))] // input, output
  return message(1, [...named, text(3, outputs[0]), text(4, operator), ...attributes, text(7, domain)]) // node: name, op_type, attribute, domain
}

function attribute(name: string, type: number, value: Part): Part {
  return message(5, [text(1, name), value, integer(20, type)]) // attribute: name, value, type
}

function intAttribute(name: string, value: number): Part {
  return attribute(name, INT_ATTRIBUTE, integer(3, value)) // i
}

function intsAttribute(name: string, each: Each): Part {
  return attribute(name, INTS_ATTRIBUTE, integers(8, each)) // ints
}

function initializer(tensor: readonly Part[]): Part {
  return message(5, tensor) // initializer
}

/** A named tensor; a dimension is a number, or the name of one that is not known. */
function valueInfo(field: number, name: string, type: number, shape: readonly (number | string)[]): Part {
  const dimensions = shape.map((size) => message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)])) // dim: dim_value, dim_param
  const tensor = message(1, [integer(1, type), message(2, dimensions)]) // tensor_type: elem_type, shape
  return message(field, [text(1, name), message(2, [tensor])]) // name, type
}

function refusal(sentence: string): ModelError {
  return new ModelError('MODEL_ERR_ONNX', sentence)
}
