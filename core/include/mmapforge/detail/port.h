/* What differs between compilers and machines, given one name each. */
#ifndef MMAPFORGE_DETAIL_PORT_H
#define MMAPFORGE_DETAIL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__)
#error "mmapforge needs gcc or clang: it uses their __atomic builtins and attributes"
#endif

/* A store reserves the address space that it may ever grow into, and moves 8-byte words. */
#if UINTPTR_MAX < UINT64_MAX
#error "mmapforge needs a 64-bit machine: on this one pointers are narrower"
#endif

/*
 * MMFI_ENUM_OF_INT: after the name of a generated enum. In C++ it may then have any value of a
 * file, as in C, also one that no member has.
 */
#ifdef __cplusplus
#define MMF_BEGIN_DECLS                     extern "C" {
#define MMF_END_DECLS                       }
#define MMFI_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define MMFI_ENUM_OF_INT                    : int
#else
#define MMF_BEGIN_DECLS
#define MMF_END_DECLS
#define MMFI_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#define MMFI_ENUM_OF_INT
#endif

/*
 * Hot paths are forced inline, so that constant offsets and sizes fold into the instructions. With
 * MMFI_OUTLINE they are functions, whose branches a coverage report can count one by one.
 */
#if defined(MMFI_OUTLINE) && MMFI_OUTLINE
#define MMFI_INLINE static inline __attribute__((unused))
#else
#define MMFI_INLINE static inline __attribute__((always_inline, unused))
#endif

/* Out-of-line paths that fail or format text; keeps them away from the hot code. */
#define MMFI_COLD __attribute__((cold, noinline))

#define MMFI_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define MMFI_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
/* What the compiler may take for true; it must be. */
#define MMFI_ASSUME(condition) ((condition) ? (void)0 : __builtin_unreachable())

#define MMFI_PRINTF(text, first) __attribute__((format(printf, text, first)))

/*
 * Before a loop of a few rounds, whose number is a constant: the copies of small fields. clang
 * unrolls them by itself, and warns when it is asked to and cannot.
 */
#if defined(__clang__)
#define MMFI_UNROLL
#else
#define MMFI_UNROLL _Pragma("GCC unroll 16")
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MMFI_LITTLE_ENDIAN 1
#else
#define MMFI_LITTLE_ENDIAN 0
#endif

#if defined(__SANITIZE_THREAD__)
#define MMFI_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MMFI_TSAN 1
#endif
#endif
#ifndef MMFI_TSAN
#define MMFI_TSAN 0
#endif

#endif
