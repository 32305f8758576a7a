// Of Firefox no cache is known in which it would keep what it has compiled of an extension's .wasm: there is nothing to rehearse for.

/** Nothing. */
export async function rehearse() {}
