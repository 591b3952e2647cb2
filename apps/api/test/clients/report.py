"""What the scripts here share: the servers to try, and a line for each check that Node counts."""

import json
import sys
import traceback

import numpy as np


def servers():
    """[{url, model: {name, features, rows, named, labels, probabilities, values}}], each serving its model by default."""
    with open(sys.argv[1]) as file:
        return json.load(file)


def check(name, run):
    """One line: `ok NAME`, or `not ok NAME: why`."""
    try:
        run()
        print(f"ok {name}", flush=True)
    except Exception as error:
        traceback.print_exc()
        print(f"not ok {name}: {type(error).__name__} {error}".replace("\n", " "), flush=True)


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def fails(run, error, message):
    """`run` raises `error` with `message` in its text."""
    try:
        run()
    except error as raised:
        if message not in str(raised):
            raise AssertionError(f"raised {raised!r}, expected {message!r} in it") from raised
        return
    raise AssertionError(f"did not raise {error.__name__}")


def tensor(model):
    """The rows as float64, missing being NaN."""
    return np.array([[np.nan if cell is None else cell for cell in row] for row in model["rows"]], dtype=np.float64)


def same_answers(model, outputs):
    """`outputs(name)` gives an array; BYTES as bytes or str."""
    if "values" in model:
        equal(np.asarray(outputs("value")).ravel().tolist(), model["values"])
        return
    labels = [label.decode() if isinstance(label, bytes) else label for label in np.asarray(outputs("label")).ravel()]
    equal(labels, model["labels"])
    equal(np.asarray(outputs("probabilities")).tolist(), model["probabilities"])
