/** `pnpm bench train …` and `pnpm bench predict …`: the first argument names the benchmark. */
await import(process.argv[2] === 'predict' ? './predict.ts' : './train.ts')
