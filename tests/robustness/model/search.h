/* What the scheduler (explore.c) and the accesses of threads (access.c) share. */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_SEARCH_H
#define MMF_TESTS_ROBUSTNESS_MODEL_SEARCH_H

#include "tests/robustness/model/explore.h"

#include <setjmp.h>

#define EVENTS_MAX  600u /* of one thread */
#define CHOICES_MAX 2000u

typedef enum event_kind {
    EVENT_LOAD,
    EVENT_STORE,
    EVENT_UPDATE, /* a read-modify-write, or a compare-and-exchange that failed */
    EVENT_FENCE,
    EVENT_CHOICE,
} event_kind;

typedef struct event {
    uint64_t value; /* what it returned to the thread */
    const void *address;
    event_kind kind;
} event;

typedef struct thread_state {
    bool started;
    bool ended;
    bool waiting;
    uint8_t waits_index; /* the location that it waits for, */
    uint8_t waits_count; /* and the messages there when it began to */
    uint16_t event_count;
} thread_state;

/* All that an execution is so far. */
typedef struct execution {
    thread_state threads[MODEL_THREADS_MAX];
    uint64_t observed[MODEL_OBSERVED_MAX];
    model_machine machine;
} execution;

/* A point with several ways, and what was before it. */
typedef struct choice {
    unsigned option;
    unsigned options;
    int thread; /* the one that chose; MODEL_NO_THREAD for a choice between threads */
    execution before;
} choice;

/* How a thread comes back to the scheduler, by longjmp. */
typedef enum way_out {
    OUT_ENDED = 1, /* the thread is at its end, or dead */
    OUT_KILLED,
    OUT_WAITS,
    OUT_YIELDS,  /* only with every_interleaving */
    OUT_DROPPED, /* this way leads nowhere */
    OUT_STOPPED, /* wrong, or refused */
} way_out;

typedef struct search_state {
    const model_program *program;
    model_result *result;
    execution now;
    /* What each thread did is a log beside .now: to go back only cuts it. */
    event logs[MODEL_THREADS_MAX][EVENTS_MAX];
    choice *choices[CHOICES_MAX];
    size_t choice_count;
    int forced; /* the option of a choice that was gone back to; -1 */
    int thread; /* the one that runs; MODEL_NO_THREAD outside a run */
    unsigned next_event;
    uint32_t stores;
    uint32_t pauses;
    bool dying;
    bool stepped;         /* with every_interleaving: one step is done */
    const void *seq_cst;  /* the one location of seq_cst accesses */
    const unsigned *path; /* while the steps are told: the options taken */
    size_t path_count;
    size_t path_next;
    size_t steps_used;
    jmp_buf scheduler;
} search_state;

extern search_state search;

/* Chooses one of the ways: the first, and each of the others when the search comes back. */
unsigned choose(unsigned options);

/* One step, when the steps are being told. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The thread did otherwise when it was run again: nothing that was found can be believed. */
void lost(void) __attribute__((noreturn));

/* True when the thread is being brought to where it was; *value is what the event returned. */
bool was_done(event_kind kind, const void *address, uint64_t *value);

/* Notes a new event of the thread. */
void done(event_kind kind, const void *address, uint64_t value);

#endif
