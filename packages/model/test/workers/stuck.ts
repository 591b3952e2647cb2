const forever = new Int32Array(new SharedArrayBuffer(4))
Atomics.wait(forever, 0, 0)
