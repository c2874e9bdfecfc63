/*
 * Runs a program of a few threads in every way that the memory of machine.h allows.
 *
 * The threads are C functions whose shared accesses come here (site.h and atomic.h lead there).
 * A thread depends on nothing but what its accesses return, so it is run again from its beginning
 * to bring it to any point; its private state must therefore be made anew by the function itself.
 *
 * Every execution is a graph: what each thread did, which store each load read, and the
 * modification orders. Any order of steps in which a load comes after the store that it reads leads
 * to the same graph, so each graph is built once, in one order:
 *
 *  - A store or a fence needs nothing from other threads and is done at once. A store branches over
 *    the places that it may take in the modification order.
 *  - A load branches over the messages there now, and over one more way: it waits, and reads one
 *    that comes later. A waiting thread goes on when its location has new messages, and then reads
 *    one of these, or waits on. If none comes, that way led to no execution and is dropped.
 *
 * The tests hold this against a count of all graphs by hand, and against every interleaving.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_EXPLORE_H
#define MMF_TESTS_ROBUSTNESS_MODEL_EXPLORE_H

#include "tests/robustness/model/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MODEL_OBSERVED_MAX 12u
#define MODEL_STEPS_SIZE   16384u
#define MODEL_WHAT_SIZE    256u
#define MODEL_NEVER        UINT32_MAX
#define MODEL_NO_THREAD    (-1)

typedef struct model_thread {
    const char *name;
    void (*run)(const void *argument);
    const void *argument;
    int after;        /* begins when that thread has ended, knowing what it knew; MODEL_NO_THREAD */
    uint32_t kill_at; /* dies instead of its store of that number, from 0; MODEL_NEVER */
    /* Promises, which are checked, and save ways. */
    bool only_reads; /* it stores to nothing but its own memory */
    const void *own; /* memory that no other thread touches; may be NULL */
    size_t own_size;
    void (*dies)(const void *argument); /* what the kernel does then, in its place; may be NULL */
} model_thread;

typedef struct model_program {
    const model_thread *threads;
    size_t thread_count;
    /* Called at the end of each execution, when it is set. */
    void (*end)(const uint64_t observed[MODEL_OBSERVED_MAX], void *context);
    void *context;
    /* What is wrong with an execution as a whole, or NULL; called at its end, when it is set. */
    const char *(*wrong)(const uint64_t observed[MODEL_OBSERVED_MAX]);
    /* The name of a place in memory, for reports; may be NULL. */
    const char *(*name)(const void *address);
    /*
     * Words that always have the value that they begin with, which may be NULL: loads of them take
     * no choice, and a store of any other value is refused.
     */
    bool (*is_constant)(const void *address);
    /* Branch over every thread at every access: slow, and only there to check the explorer. */
    bool every_interleaving;
    uint32_t patience;       /* pauses after which a thread gives up */
    uint64_t executions_max; /* 0 for the default, some hundred million */
} model_program;

typedef enum model_verdict {
    MODEL_RIGHT,   /* no execution broke a check */
    MODEL_WRONG,   /* one did */
    MODEL_REFUSED, /* the program left what the model covers, or met a bound */
} model_verdict;

typedef struct model_result {
    model_verdict verdict;
    uint64_t executions;
    uint64_t dropped; /* ways that led to no execution */
    uint32_t killed;  /* the threads that were killed in some execution, 1 << index each */
    char what[MODEL_WHAT_SIZE];   /* which check was broken, or what was refused; else empty */
    char steps[MODEL_STEPS_SIZE]; /* and by which execution */
} model_result;

void model_explore(const model_program *program, model_result *out);

/* ---- For the threads of a program ---- */

/* Breaks off with MODEL_WRONG unless ok. */
void model_check(bool ok, const char *what, ...) __attribute__((format(printf, 2, 3)));

/* Ends this thread: it would try again, and with less left to see. */
void model_give_up(void) __attribute__((noreturn));

/* Gives up when the thread has waited as often as the program allows. */
void model_pause(void);

/* One of 0 to count - 1, all of them in turn. */
unsigned model_choose(unsigned count);

/* Hands a value to model_program.end; those that no thread sets are 0. */
void model_observe(unsigned slot, uint64_t value);

/* The steps of the thread so far: as many places as a workload can be killed at. */
uint32_t model_stores(void);

/* In model_program.end: the last value of a location. */
uint64_t model_final(const void *address);

/* ---- Accesses; order is as it is after any weakening ---- */

/* Outside a run these touch memory, which is how programs prepare it. */
uint64_t model_load(const void *address, model_order order);
void model_store(void *address, uint64_t value, model_order order);
bool model_compare_exchange(void *address, uint64_t *expected, uint64_t desired, model_order order);
uint64_t model_fetch_add(void *address, uint64_t value, model_order order);
void model_fence(model_order order);

/* For accesses that the model does not cover. */
void model_refuse(const char *what, ...) __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif

#endif
