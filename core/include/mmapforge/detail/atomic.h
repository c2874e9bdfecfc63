/*
 * Every access to shared memory, by name: the one home of the __atomic builtins.
 *
 * Builtins on plain integers, and no _Atomic, so that the public headers serve C++ and CFFI users
 * as well. Addresses given here must be aligned to the size of the access; the 64-bit forms are
 * lock-free on every machine the library supports. The may_alias types let one record be moved as
 * words and read as fields.
 */
#ifndef MMAPFORGE_DETAIL_ATOMIC_H
#define MMAPFORGE_DETAIL_ATOMIC_H

#include "mmapforge/detail/port.h"

#include <string.h>

typedef uint8_t __attribute__((may_alias)) mmfi_u8;
typedef uint16_t __attribute__((may_alias)) mmfi_u16;
typedef uint32_t __attribute__((may_alias)) mmfi_u32;
typedef uint64_t __attribute__((may_alias)) mmfi_u64;

/*
 * Payload copies. For texts, before-images and records that are not published yet, the sequence
 * word proves a copy consistent, so the default lets the compiler use its widest moves between
 * two compiler barriers. MMFI_WORD_COPY moves aligned words with relaxed atomics instead: the form
 * that the language standard and TSan accept. Scalars of a published record, which other threads
 * load and store one by one at any time, are always copied by words: memcpy may move single bytes
 * (rep movsb, overlapping tails), which would tear a scalar.
 */
#ifndef MMFI_WORD_COPY
#define MMFI_WORD_COPY MMFI_TSAN
#endif

MMFI_INLINE uint8_t mmfi_load8(const void *from)
{
    return __atomic_load_n((const mmfi_u8 *)from, __ATOMIC_RELAXED);
}

MMFI_INLINE uint16_t mmfi_load16(const void *from)
{
    return __atomic_load_n((const mmfi_u16 *)from, __ATOMIC_RELAXED);
}

MMFI_INLINE uint32_t mmfi_load32(const void *from)
{
    return __atomic_load_n((const mmfi_u32 *)from, __ATOMIC_RELAXED);
}

MMFI_INLINE uint64_t mmfi_load64(const void *from)
{
    return __atomic_load_n((const mmfi_u64 *)from, __ATOMIC_RELAXED);
}

MMFI_INLINE uint64_t mmfi_load64_acquire(const void *from)
{
    return __atomic_load_n((const mmfi_u64 *)from, __ATOMIC_ACQUIRE);
}

MMFI_INLINE void mmfi_store8(void *to, uint8_t value)
{
    __atomic_store_n((mmfi_u8 *)to, value, __ATOMIC_RELAXED);
}

MMFI_INLINE void mmfi_store16(void *to, uint16_t value)
{
    __atomic_store_n((mmfi_u16 *)to, value, __ATOMIC_RELAXED);
}

MMFI_INLINE void mmfi_store32(void *to, uint32_t value)
{
    __atomic_store_n((mmfi_u32 *)to, value, __ATOMIC_RELAXED);
}

MMFI_INLINE void mmfi_store64(void *to, uint64_t value)
{
    __atomic_store_n((mmfi_u64 *)to, value, __ATOMIC_RELAXED);
}

MMFI_INLINE void mmfi_store8_release(void *to, uint8_t value)
{
    __atomic_store_n((mmfi_u8 *)to, value, __ATOMIC_RELEASE);
}

MMFI_INLINE void mmfi_store16_release(void *to, uint16_t value)
{
    __atomic_store_n((mmfi_u16 *)to, value, __ATOMIC_RELEASE);
}

MMFI_INLINE void mmfi_store32_release(void *to, uint32_t value)
{
    __atomic_store_n((mmfi_u32 *)to, value, __ATOMIC_RELEASE);
}

MMFI_INLINE void mmfi_store64_release(void *to, uint64_t value)
{
    __atomic_store_n((mmfi_u64 *)to, value, __ATOMIC_RELEASE);
}

/* The value before the addition. For process-private counters; orders nothing else. */
MMFI_INLINE uint64_t mmfi_add64(void *to, uint64_t value)
{
    return __atomic_fetch_add((mmfi_u64 *)to, value, __ATOMIC_RELAXED);
}

/*
 * The value before the addition. What came before it is seen by a thread that reads the sum by the
 * same call; nothing after it moves before it. For counters of calls under way.
 */
MMFI_INLINE uint64_t mmfi_add64_ordered(void *to, uint64_t value)
{
    return __atomic_fetch_add((mmfi_u64 *)to, value, __ATOMIC_ACQ_REL);
}

/* Puts value where expected was, with the order of mmfi_add64_ordered; false when it was not. */
MMFI_INLINE bool mmfi_swap64_if(void *to, uint64_t expected, uint64_t value)
{
    return __atomic_compare_exchange_n((mmfi_u64 *)to, &expected, value, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* Puts a pointer in a place and takes the one that was there; what either points at is visible. */
MMFI_INLINE void *mmfi_exchange_pointer(void **place, void *pointer)
{
    return __atomic_exchange_n(place, pointer, __ATOMIC_ACQ_REL);
}

/* gcc says of every fence under TSan that TSan does not model it; that is known (see above). */
#if MMFI_TSAN && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif

/* Earlier loads stay before later loads and stores. */
MMFI_INLINE void mmfi_fence_acquire(void)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/* Earlier loads and stores stay before later stores. */
MMFI_INLINE void mmfi_fence_release(void)
{
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

/* Earlier stores are visible before later loads look. An instruction, so for cold paths only. */
MMFI_INLINE void mmfi_fence_full(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#if MMFI_TSAN && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* Keeps the compiler, and only the compiler, from moving memory accesses across it. */
MMFI_INLINE void mmfi_compiler_barrier(void)
{
    __asm__ volatile("" ::: "memory");
}

/*
 * The light half of a full fence, no instruction: another thread makes it one by its heavy half,
 * mmfi_fence_others (core/os/futex.h).
 */
MMFI_INLINE void mmfi_fence_light(void)
{
    mmfi_compiler_barrier();
}

/*
 * A length, or an index, in memory that another thread or process may be changing: taken once, and
 * what was checked is what is used. The compiler may not go back to the memory for it.
 */
MMFI_INLINE uint32_t mmfi_take32(const void *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    __asm__ volatile("" : "+r"(value));
    return value;
}

/* The same for a value that was read once already: from here on it is what it is. */
MMFI_INLINE size_t mmfi_taken(size_t value)
{
    if (!__builtin_constant_p(value))
        __asm__("" : "+r"(value));
    return value;
}

/*
 * Copies by words: bytes and halves up to alignment, words, then the tail. With the size and the
 * alignment of a field known, no branch is left of all that. Only the address in shared memory
 * counts: the other one may be any.
 */

/* Bytes before the first aligned word at an address in shared memory. */
MMFI_INLINE size_t mmfi_words_head(const unsigned char *shared, size_t size)
{
    const size_t head = (8 - (uintptr_t)shared % 8) % 8;
    return head <= size ? head : size;
}

MMFI_INLINE void mmfi_copy_out_narrow(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size > 0) {
        size_t step = 1;
        if ((uintptr_t)from % 4 == 0 && size >= 4) {
            const uint32_t word = mmfi_load32(from);
            memcpy(to, &word, step = 4);
        } else {
            *to = mmfi_load8(from);
        }
        to += step, from += step, size -= step;
    }
}

MMFI_INLINE void mmfi_copy_in_narrow(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size > 0) {
        size_t step = 1;
        if ((uintptr_t)to % 4 == 0 && size >= 4) {
            uint32_t word;
            memcpy(&word, from, step = 4);
            mmfi_store32(to, word);
        } else {
            mmfi_store8(to, *from);
        }
        to += step, from += step, size -= step;
    }
}

MMFI_INLINE void mmfi_copy_out_words(unsigned char *to, const unsigned char *from, size_t size)
{
    const size_t head = mmfi_words_head(from, size);
    const size_t words = head + (size - head) / 8 * 8;
    mmfi_copy_out_narrow(to, from, head);
    MMFI_UNROLL
    for (size_t at = head; at < words; at += 8) {
        const uint64_t word = mmfi_load64(from + at);
        memcpy(to + at, &word, sizeof word);
    }
    mmfi_copy_out_narrow(to + words, from + words, size - words);
}

MMFI_INLINE void mmfi_copy_in_words(unsigned char *to, const unsigned char *from, size_t size)
{
    const size_t head = mmfi_words_head(to, size);
    const size_t words = head + (size - head) / 8 * 8;
    mmfi_copy_in_narrow(to, from, head);
    MMFI_UNROLL
    for (size_t at = head; at < words; at += 8) {
        uint64_t word;
        memcpy(&word, from + at, sizeof word);
        mmfi_store64(to + at, word);
    }
    mmfi_copy_in_narrow(to + words, from + words, size - words);
}

/*
 * Copies text out of shared memory, or what a checksum proves whole: relaxed, so a fence or an
 * acquire belongs on either side.
 */
MMFI_INLINE void mmfi_copy_out(void *to, const unsigned char *from, size_t size)
{
    if (MMFI_WORD_COPY) {
        mmfi_copy_out_words((unsigned char *)to, from, size);
        return;
    }
    mmfi_compiler_barrier();
    memcpy(to, from, size);
    mmfi_compiler_barrier();
}

/*
 * Copies text into shared memory, or what is not published yet: relaxed, so a fence or a release
 * belongs on either side.
 */
MMFI_INLINE void mmfi_copy_in(unsigned char *to, const void *from, size_t size)
{
    if (MMFI_WORD_COPY) {
        mmfi_copy_in_words(to, (const unsigned char *)from, size);
        return;
    }
    mmfi_compiler_barrier();
    memcpy(to, from, size);
    mmfi_compiler_barrier();
}

/* Copies payload within shared memory, into a record that others read: 8-byte words. */
MMFI_INLINE void mmfi_copy_words(unsigned char *to, const unsigned char *from, size_t size)
{
    for (size_t at = 0; at < size; at += 8)
        mmfi_store64(to + at, mmfi_load64(from + at));
}

/* Copies a record that only the caller may change into an undo slot. */
MMFI_INLINE void mmfi_copy_image(unsigned char *to, const unsigned char *from, size_t size)
{
    if (MMFI_WORD_COPY) {
        mmfi_copy_words(to, from, size);
        return;
    }
    mmfi_compiler_barrier();
    memcpy(to, from, size);
    mmfi_compiler_barrier();
}

/* Zeroes payload in shared memory: relaxed. */
MMFI_INLINE void mmfi_zero(unsigned char *to, size_t size)
{
    if (MMFI_WORD_COPY) {
        for (size_t at = 0; at < size; at++)
            mmfi_store8(to + at, 0);
        return;
    }
    mmfi_compiler_barrier();
    memset(to, 0, size);
    mmfi_compiler_barrier();
}

/* For loops that wait on another processor. */
MMFI_INLINE void mmfi_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#else
    mmfi_compiler_barrier();
#endif
}

#endif
