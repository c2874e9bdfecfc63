// Makes a store, appends to it, reads it back, and ends with 0 if every value is what was written.
#[allow(dead_code, non_camel_case_types, non_snake_case, non_upper_case_globals)]
mod bindings {
    include!("bindings.rs"); // what bindgen made of calls.h
}

use bindings::*;
use std::ffi::{CStr, CString};
use std::ptr;

const PRICES: [f64; 3] = [189.5, 190.25, 188.0];
const OK: mmf_status = mmf_status_MMF_OK;

fn must(status: mmf_status) -> Result<(), String> {
    if status == OK {
        return Ok(());
    }
    // A text that the library has for as long as the program runs.
    Err(unsafe { CStr::from_ptr(mmf_status_text(status)) }.to_string_lossy().into_owned())
}

/// Closes the store at the end of a scope.
struct Handle(*mut tick_store);

impl Drop for Handle {
    fn drop(&mut self) {
        unsafe { tick_store_close(self.0) };
    }
}

fn create(path: &CStr) -> Result<Handle, String> {
    let mut store = ptr::null_mut();
    must(unsafe { tick_store_create(path.as_ptr(), ptr::null(), &mut store, ptr::null_mut()) })?;
    Ok(Handle(store))
}

fn open(path: &CStr) -> Result<Handle, String> {
    let mut store = ptr::null_mut();
    must(unsafe { tick_store_open(path.as_ptr(), ptr::null(), &mut store, ptr::null_mut()) })?;
    Ok(Handle(store))
}

fn write_all(path: &CStr) -> Result<(), String> {
    let store = create(path)?;
    for (i, price) in PRICES.iter().enumerate() {
        let mut tick: tick_record = unsafe { std::mem::zeroed() };
        for (to, from) in tick.symbol.iter_mut().zip(b"AAPL") {
            *to = *from as _;
        }
        tick.symbol_length = 4;
        tick.price = *price;
        tick.timestamp = 1000 + i as u64;
        let mut row = 0;
        must(unsafe { tick_append(store.0, &tick, &mut row) })?;
    }
    Ok(())
}

fn check(path: &CStr) -> Result<(), String> {
    let store = open(path)?;
    for (i, price) in PRICES.iter().enumerate() {
        let mut tick: tick_record = unsafe { std::mem::zeroed() };
        must(unsafe { tick_get(store.0, i as u64, &mut tick) })?;
        let symbol = unsafe { CStr::from_ptr(tick.symbol.as_ptr()) };
        if symbol.to_bytes() != b"AAPL" || tick.price != *price || tick.timestamp != 1000 + i as u64 {
            return Err(format!("row {} is not what was written", i));
        }
    }
    let mut tick: tick_record = unsafe { std::mem::zeroed() };
    match unsafe { tick_get(store.0, PRICES.len() as u64, &mut tick) } {
        mmf_status_MMF_ERR_RANGE => Ok(()),
        status => Err(format!("there is a row too many, or status {}", status)),
    }
}

fn main() -> Result<(), String> {
    let path = std::env::args().nth(1).ok_or("usage: recorder NEW-FILE")?;
    let path = CString::new(path).map_err(|problem| problem.to_string())?;
    write_all(&path)?;
    check(&path)?;
    println!("{} rows are as written", PRICES.len());
    Ok(())
}
