/*
 * How waiting processes are woken, and what they are told of the writer.
 *
 * A process that is about to sleep says so in the word `waiters` of the shared page: 1 + the first
 * row that a sleeping process may be waiting for, 0 for none. An append looks at the word after it
 * has published its count, and when that reaches the row it sets the word to 0, adds 1 to `wake`,
 * and wakes all that sleep on that. Those that wait for later rows say so anew. So the word never
 * depends on processes that have died: the first append that it lets through clears it.
 *
 *   the writer                          a process that waits
 *   W1 stores the count                 S1 loads wake
 *   W2 loads waiters                    S2 stores waiters, unless a lower row is there
 *   W3 stores 0 to waiters              S3 fence (mmfi_fence_others)
 *   W4 adds 1 to wake                   S4 loads the count
 *   W5 wakes those that sleep on wake   S5 sleeps, if wake still is what S1 loaded
 *
 * The fence stands between S2 and S4, and between W1 and W2: either W2 sees the word of S2, or S4
 * sees the count of W1. If another process's word, or a later one, is lost in W3, then W4 comes
 * after, and S5 does not sleep, or is woken by W5.
 *
 * A writer that is killed between W3 and W5 leaves processes asleep. They look again after
 * MMFI_LOOK_NS at the latest, also for a writer that was killed. Whatever is in the two words, the
 * worst is that a process sleeps so long, or that an append makes a needless system call.
 */
#ifndef MMF_STORE_WAKE_H
#define MMF_STORE_WAKE_H

#include "state.h"

MMF_BEGIN_DECLS

#define MMFI_LOOK_NS UINT64_C(100000000)

/* W3 to W5. */
void mmfi_wake(mmfi_live *live);

/* S2. True when the word is as it was: a lower row was there, or the same. */
bool mmfi_wake_ask(mmfi_live *live, uint64_t row);

/*
 * The shared page, writable, for a wait through that handle; NULL when this process may not write
 * the file, or another thread is about to find out. A reader maps it at the first call, for as long
 * as the handle lives.
 */
mmfi_live *mmfi_wake_page(const mmf_store *store);

/* Whether a writer has the file. */
mmf_writer_state mmfi_writer_state_of(const mmfi_state *state);

MMF_END_DECLS

#endif
