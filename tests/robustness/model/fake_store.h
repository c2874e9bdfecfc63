/*
 * A store in plain memory for the model: the layout of a real file, the real paths of core over it,
 * and a kernel whose file has a size, a lock and nothing else.
 *
 * Core is compiled for the model as it is: the files that //core:protocols lists, and the inlines
 * of access.h, seqlock.h and undo.h. What they call in other layers is in fake_store.c.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_FAKE_STORE_H
#define MMF_TESTS_ROBUSTNESS_MODEL_FAKE_STORE_H

#include "core/store/state.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/fields.h"

#define FAKE_WORDS       2u
#define FAKE_RECORD_SIZE (MMF_SEQUENCE_SIZE + 8u * FAKE_WORDS)
#define FAKE_A           8u /* the offsets of the two fields */
#define FAKE_B           16u
#define FAKE_ROWS_MAX    4u

/* A record whose words are a version: two different ones in one copy are a torn copy. */
typedef struct fake_record {
    uint64_t a;
    uint64_t b;
} fake_record;

typedef struct fake_options {
    uint64_t count;    /* records at the start, of version 1 and sequence 2 */
    uint64_t torn;     /* of them the first ones are odd and half of version 0, without an image */
    uint64_t capacity; /* records that the file has room for; 0: FAKE_ROWS_MAX */
    bool other_boot;   /* the shared page is of another boot, and holds rubbish */
    uint64_t
        unsynced; /* of the records the last ones are in no commit; then the count is no rubbish */
    bool sync_fails;
    bool waiting;        /* processes wait; else the words for them are never stored */
    bool no_membarrier;  /* and the kernel refuses the fence that one process makes for others */
    uint32_t undo_count; /* 0: one */
} fake_options;

/* Prepares the memory; before a run. */
void fake_make(fake_options options);

/* The name of a place in it, for reports. */
/* What is never stored, or never another value: most of a commit slot, and which file it is. */
bool fake_is_constant(const void *address);

const char *fake_name(const void *address);

unsigned char *fake_record_at(uint64_t row);
unsigned char *fake_undo(void);
unsigned char *fake_live(void);

/* The rows that the file has room for now. */
uint64_t fake_backed_rows(void);

#define FAKE_HANDLES_MAX 5u
#define FAKE_HANDLE_SIZE 4096u

typedef struct fake_handle_memory {
    _Alignas(64) unsigned char bytes[FAKE_HANDLE_SIZE];
} fake_handle_memory;

extern fake_handle_memory fake_handles[FAKE_HANDLES_MAX];

/*
 * Handles lie in fixed memory, one for each index, so that threads find the same locations whenever
 * they are run again. open does what core/store/open.c does; for a writer it recovers.
 * Threads that share a handle open it before the run and use it with fake_handle.
 */
mmf_store *fake_open_reader(unsigned index);
/* A reader's, of a program of another version of the schema. */
mmf_store *fake_open_adapted(unsigned index);
mmf_status fake_open_writer(unsigned index, mmf_store **out);
mmf_store *fake_handle(unsigned index);

/* One of several writers. */
mmf_status fake_open_shared(unsigned index, mmf_store **out);

/*
 * For a handle that was opened before the run: its private part as it was then. Remember is called
 * before the run, for all of them.
 */
void fake_remember(void);
mmf_store *fake_handle_again(unsigned index);

/*
 * What the thread that waits says before: where to observe that it sleeps. fake_is_asleep says at
 * the end, by that value, whether it sleeps on and no process will wake it.
 */
void fake_sleeps_as(unsigned observed);
bool fake_is_asleep(uint64_t observed);

/* What the kernel does when the process of a handle dies. */
void fake_free_locks(unsigned index);

/* ---- What generated code does ---- */

mmf_status fake_append(mmf_store *store, uint64_t version, uint64_t *row);
mmf_status fake_set(mmf_store *store, uint64_t row, uint64_t version);

/* The first attempt, then one more by the undo slot; the thread gives up when both fail. */
mmf_status fake_get(const mmf_store *store, uint64_t row, fake_record *out);

/* The same by a handle of fake_open_adapted. */
mmf_status fake_get_adapted(const mmf_store *store, uint64_t row, fake_record *out);

/*
 * b as a field that may be null, which a says, and is null with version 0. Programs have a bit
 * beside others for that, in a byte; here accesses are words.
 */
mmf_status fake_get_nullable(const mmf_store *store, uint64_t row, fake_record *out);
mmf_status fake_set_nullable(mmf_store *store, uint64_t row, uint64_t version);

#endif
