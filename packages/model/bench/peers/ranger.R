# Trains ranger's forest on a table of the bench; prints CPU seconds a 100 trees and the score on its last rows.
library(ranger)
given <- commandArgs(trailingOnly = TRUE)
path <- given[1]
numbers <- as.integer(given[2:7])
rows <- numbers[1]; features <- numbers[2]; trained <- numbers[3]; trees <- numbers[5]; seed <- numbers[6]
x <- matrix(readBin(paste0(path, ".x"), "numeric", rows * features, size = 4), rows, features, byrow = TRUE)
colnames(x) <- paste0("x", seq_len(features))
y <- factor(readBin(paste0(path, ".y"), "numeric", rows, size = 8))
before <- proc.time()
forest <- ranger(x = x[1:trained, ], y = y[1:trained], num.trees = trees, num.threads = 1, seed = seed, min.node.size = 1,
                 probability = TRUE, oob.error = FALSE, verbose = FALSE)
after <- proc.time()
test <- (rows * 0.8 + 1):rows
answers <- predict(forest, x[test, ], num.threads = 1, verbose = FALSE)$predictions
found <- colnames(answers)[max.col(answers, ties.method = "first")]
seconds <- sum((after - before)[c("user.self", "sys.self")])
cat(seconds * 100 / trees, mean(found == as.character(y[test])), "\n")
