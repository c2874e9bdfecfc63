// Makes a store, appends to it, reads it back, and ends with 0 if every value is what was written.
package main

//go:generate mmfgen --schema tick.mmfs --name tick_store --header tick_store.h --source tick_store.c

/*
#cgo pkg-config: mmapforge
#include <stdlib.h>
#include "tick_store.h"
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

var prices = []float64{189.5, 190.25, 188.0}

// must turns a status into an error with its text.
func must(status C.mmf_status) error {
	if status == C.MMF_OK {
		return nil
	}
	return fmt.Errorf("%s", C.GoString(C.mmf_status_text(status)))
}

func writeAll(path *C.char) error {
	var store *C.tick_store
	var failure C.mmf_error
	if C.tick_store_create(path, nil, &store, &failure) != C.MMF_OK {
		return fmt.Errorf("%s", C.GoString(&failure.message[0]))
	}
	defer C.tick_store_close(store)
	symbol := C.CString("AAPL")
	defer C.free(unsafe.Pointer(symbol))
	for i, price := range prices {
		tick := C.tick_record{price: C.double(price), timestamp: C.uint64_t(1000 + i)}
		var row C.uint64_t
		if err := must(C.tick_record_set_symbol(&tick, symbol)); err != nil {
			return err
		}
		if err := must(C.tick_store_append(store, &tick, &row)); err != nil {
			return err
		}
	}
	return nil
}

func check(path *C.char) error {
	var store *C.tick_store
	var failure C.mmf_error
	if C.tick_store_open(path, nil, &store, &failure) != C.MMF_OK {
		return fmt.Errorf("%s", C.GoString(&failure.message[0]))
	}
	defer C.tick_store_close(store)
	if count := uint64(C.tick_store_count(store)); count != uint64(len(prices)) {
		return fmt.Errorf("%d rows, not %d", count, len(prices))
	}
	for i, price := range prices {
		var tick C.tick_record
		var field C.double
		if err := must(C.tick_store_get(store, C.uint64_t(i), &tick)); err != nil {
			return err
		}
		if err := must(C.tick_store_get_price(store, C.uint64_t(i), &field)); err != nil {
			return err
		}
		symbol := C.GoStringN(&tick.symbol[0], C.int(tick.symbol_length))
		if symbol != "AAPL" || float64(tick.price) != price || float64(field) != price || int(tick.timestamp) != 1000+i {
			return fmt.Errorf("row %d is not what was written", i)
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: recorder NEW-FILE")
		os.Exit(2)
	}
	path := C.CString(os.Args[1])
	defer C.free(unsafe.Pointer(path))
	err := writeAll(path)
	if err == nil {
		err = check(path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "recorder:", err)
		os.Exit(1)
	}
	fmt.Println(len(prices), "rows are as written")
}
