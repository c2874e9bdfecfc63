// Which sanitizer the tests are built with, by gcc or by clang.
#ifndef MMF_TESTS_SUPPORT_SANITIZER_H
#define MMF_TESTS_SUPPORT_SANITIZER_H

// The address sanitizer maps memory of its own whenever it likes, and ends the process when
// refused.
#if defined(__SANITIZE_ADDRESS__)
#define T_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define T_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef T_ADDRESS_SANITIZER
#define T_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#define T_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define T_THREAD_SANITIZER 1
#endif
#endif
#ifndef T_THREAD_SANITIZER
#define T_THREAD_SANITIZER 0
#endif

// Either needs more address space than a process has under a limit, and takes no locked memory.
#define T_SANITIZER (T_ADDRESS_SANITIZER || T_THREAD_SANITIZER)

#endif
