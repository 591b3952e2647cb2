"""Prints each fault of syntax of the PowerShell scripts that it is given, and fails when there is one."""

import sys

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser


def faults(node: Node):
    if node.type == "ERROR" or node.is_missing:
        yield node
    for child in node.children:
        yield from faults(child)


parser = Parser(Language(tree_sitter_powershell.language()))
failed = False
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        tree = parser.parse(file.read())
    for node in faults(tree.root_node):
        failed = True
        print(f"{path}:{node.start_point[0] + 1}: {node.type}")
sys.exit(failed)
