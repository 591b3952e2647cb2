throw new Error('a worker fails')
