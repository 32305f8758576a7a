//! Runs once, when the module is instantiated.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    // A panic ends the instance: the shell drops it and starts another. At least the console says why.
    console_error_panic_hook::set_once();
}
