/*
 * Shared memory as C11 lets threads see it: an operational form of RC11 with views.
 *
 * Each location keeps every value that was ever stored to it, in modification order. A thread has
 * views, which say per location how far it has come, and it may read any message that its view does
 * not rule out. Messages carry the views that a release hands to an acquire. Stores may take a
 * place in the middle of the modification order. This is the semantics of Kang et al., "A promising
 * semantics for relaxed-memory concurrency" (POPL 2017) without promises; what it allows are the
 * executions of RC11 (Lahav et al., "Repairing sequential consistency in C/C++11", PLDI 2017) with
 * these limits:
 *
 *  - RC11 forbids cycles of program order and reads-from, and so does this: no load buffering.
 *  - A release sequence is a release store and the read-modify-writes on it, as in C++20. Later
 *    plain stores of the same thread do not belong to it, so more outcomes are possible here than
 *    in C11.
 *  - seq_cst is exact while all seq_cst accesses of an execution go to one location, where it is no
 *    more than acq_rel; the explorer refuses others. There are no seq_cst fences.
 *  - Every access is to 8 aligned bytes. Accesses of other sizes, and plain ones, are refused.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_MACHINE_H
#define MMF_TESTS_ROBUSTNESS_MODEL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_LOCATIONS_MAX 64u
#define MODEL_MESSAGES_MAX  240u /* of all locations together */
#define MODEL_VALUES_MAX    48u  /* of one location */
#define MODEL_THREADS_MAX   8u

typedef enum model_order {
    MODEL_RELAXED,
    MODEL_ACQUIRE,
    MODEL_RELEASE,
    MODEL_ACQ_REL,
    MODEL_SEQ_CST,
} model_order;

/* Per location, the number of the newest message known. */
typedef struct model_view {
    uint8_t known[MODEL_LOCATIONS_MAX];
} model_view;

typedef struct model_message {
    uint64_t value;
    model_view view; /* what an acquire of this message learns */
} model_message;

/* Messages have numbers in the order in which they came, and places in modification order. */
typedef struct model_location {
    const void *address;
    uint8_t count;
    uint8_t message[MODEL_VALUES_MAX]; /* number to index in .messages */
    uint8_t place[MODEL_VALUES_MAX];   /* number to place */
    uint8_t at[MODEL_VALUES_MAX];      /* place to number */
    bool taken[MODEL_VALUES_MAX];      /* by number: a read-modify-write follows at once */
} model_location;

typedef struct model_views {
    model_view current;  /* what the thread may no longer overlook */
    model_view acquired; /* what it will know after an acquire fence */
    model_view released; /* what its relaxed stores hand on: as of its last release fence */
} model_views;

typedef struct model_machine {
    uint16_t location_count;
    uint16_t message_count;
    model_views threads[MODEL_THREADS_MAX];
    model_location locations[MODEL_LOCATIONS_MAX];
    model_message messages[MODEL_MESSAGES_MAX];
} model_machine;

/* Copies what is in use. */
void model_machine_copy(model_machine *to, const model_machine *from);

/* The location, new with the value that the memory has; NULL when there are too many. */
model_location *model_machine_at(model_machine *machine, const void *address);

/* True when location has room for another message. */
bool model_machine_has_room(const model_machine *machine, const model_location *location);

uint64_t model_machine_value(const model_machine *machine, const model_location *location,
                             unsigned number);

/* The first place that the thread may still read; it may write after it. */
unsigned model_machine_place(const model_machine *machine, unsigned thread,
                             const model_location *location);

void model_machine_read(model_machine *machine, unsigned thread, model_location *location,
                        unsigned number, model_order order);

/* place is that of the new message; those from there on move up. */
void model_machine_write(model_machine *machine, unsigned thread, model_location *location,
                         unsigned place, uint64_t value, model_order order);

/* Reads the message and puts value directly after it. */
void model_machine_update(model_machine *machine, unsigned thread, model_location *location,
                          unsigned number, uint64_t value, model_order order);

void model_machine_fence(model_machine *machine, unsigned thread, model_order order);

/* thread begins with all that the other one knew: a lock went from one to the other. */
void model_machine_follow(model_machine *machine, unsigned thread, unsigned other);

#endif
