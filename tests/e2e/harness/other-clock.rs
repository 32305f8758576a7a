//! Preloaded into a browser (LD_PRELOAD), it moves what the browser takes for the time of day by CAVEAT_CLOCK_OFFSET seconds. What measures
//! spans of time is left alone.
#![allow(unsafe_code)]
use std::ffi::{c_char, c_int, c_long, c_void};
use std::sync::atomic::{AtomicI64, Ordering};

#[repr(C)]
pub struct Time {
    seconds: i64,
    rest: i64,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn getenv(name: *const c_char) -> *const c_char;
    fn atoll(text: *const c_char) -> i64;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

#[cfg(target_arch = "x86_64")]
const CALLS: (c_long, c_long) = (228, 96);
#[cfg(target_arch = "aarch64")]
const CALLS: (c_long, c_long) = (113, 169);

static OFFSET: AtomicI64 = AtomicI64::new(i64::MIN);

fn offset() -> i64 {
    let known = OFFSET.load(Ordering::Relaxed);
    if known != i64::MIN {
        return known;
    }
    let text = unsafe { getenv(c"CAVEAT_CLOCK_OFFSET".as_ptr()) };
    let read = if text.is_null() { 0 } else { unsafe { atoll(text) } };
    OFFSET.store(read, Ordering::Relaxed);
    read
}

/// CLOCK_REALTIME and its coarse form.
const OF_DAY: [c_int; 2] = [0, 5];

#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    let result = unsafe { syscall(CALLS.0, clock, time) } as c_int;
    if result == 0 && OF_DAY.contains(&clock) {
        unsafe { (*time).seconds += offset() };
    }
    result
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut Time, zone: *mut c_void) -> c_int {
    let result = unsafe { syscall(CALLS.1, time, zone) } as c_int;
    if result == 0 && !time.is_null() {
        unsafe { (*time).seconds += offset() };
    }
    result
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn time(to: *mut i64) -> i64 {
    let mut now = Time { seconds: 0, rest: 0 };
    unsafe { clock_gettime(0, &raw mut now) };
    if !to.is_null() {
        unsafe { *to = now.seconds };
    }
    now.seconds
}

/// A deadline on our clock, on the machine's. Deadlines on a clock that measures spans are small numbers, and stay.
unsafe fn real(deadline: *const Time) -> Time {
    let Time { seconds, rest } = unsafe { deadline.read() };
    Time { seconds: if seconds > 1_000_000_000 { seconds - offset() } else { seconds }, rest }
}

/// The function of this name that would have been called without us.
unsafe fn next(name: &std::ffi::CStr) -> *mut c_void {
    unsafe { dlsym(-1_isize as *mut c_void, name.as_ptr()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_cond_timedwait(
    condition: *mut c_void,
    lock: *mut c_void,
    deadline: *const Time,
) -> c_int {
    type Wait = unsafe extern "C" fn(*mut c_void, *mut c_void, *const Time) -> c_int;
    unsafe {
        std::mem::transmute::<*mut c_void, Wait>(next(c"pthread_cond_timedwait"))(condition, lock, &real(deadline))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn sem_timedwait(semaphore: *mut c_void, deadline: *const Time) -> c_int {
    type Wait = unsafe extern "C" fn(*mut c_void, *const Time) -> c_int;
    unsafe { std::mem::transmute::<*mut c_void, Wait>(next(c"sem_timedwait"))(semaphore, &real(deadline)) }
}
