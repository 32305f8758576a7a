#![no_main]

libfuzzer_sys::fuzz_target!(init: caveat_fuzz::prepare(), |bytes: &[u8]| caveat_fuzz::segment(bytes));
