/*
 * What the programs of several protocols share: their preparations, their threads, and calls whose
 * statuses are checked. Only for the files of protocols.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_PARTS_H
#define MMF_TESTS_ROBUSTNESS_MODEL_PARTS_H

#include "tests/robustness/model/fake_store.h"
#include "tests/robustness/model/protocols.h"

typedef struct protocol_group {
    const protocol *all;
    size_t count;
} protocol_group;

extern const protocol_group protocols_record; /* protocols_record.c, and so on */
extern const protocol_group protocols_append;
extern const protocol_group protocols_shared;
extern const protocol_group protocols_death;
extern const protocol_group protocols_writers;
extern const protocol_group protocols_waiting;

/* ---- Arguments: threads get their row, or the handle that they share ---- */

extern const unsigned numbers[5];
#define NUMBER(i) (&numbers[i])
unsigned number_of(const void *argument);

/* ---- Threads ---- */

#define WRITER(function)                                                                           \
    {                                                                                              \
        "writer", function, NULL, MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0, NULL               \
    }
#define RECOVERING(function)                                                                       \
    {                                                                                              \
        "recovering writer", function, NULL, 0, MODEL_NEVER, false, NULL, 0, NULL                  \
    }
#define THIRD(function)                                                                            \
    {                                                                                              \
        "third", function, NULL, 1, MODEL_NEVER, false, NULL, 0, NULL                              \
    }

/* A reader in a process of its own has handle 3 or 4 for itself. */
#define READER(function, argument) READER_AT(function, argument, 3)
#define READER_AT(function, argument, index)                                                       \
    {                                                                                              \
        "reader", function, argument, MODEL_NO_THREAD, MODEL_NEVER, true, OWN(index),              \
            FAKE_HANDLE_SIZE, NULL                                                                 \
    }
#define SHARER(function, argument)                                                                 \
    {                                                                                              \
        "thread", function, argument, MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0, NULL           \
    }
#define OWN(index) (&fake_handles[index])

/* ---- Calls ---- */

mmf_store *open_writer(unsigned index);
void set(mmf_store *store, uint64_t row, uint64_t version);
void append(mmf_store *store, uint64_t version);

/* A row that is there. */
fake_record get(const mmf_store *store, uint64_t row);

/* A row that may not be there yet: then it is out of range, and nothing else. */
bool get_if_there(const mmf_store *store, uint64_t row, fake_record *out);

void check_whole(fake_record record);

/* Of scalars that are set in turn, a is level with b or one version ahead. */
void check_scalars(fake_record record);

/* Row r is of version r + 1 as soon as it is there. */
void check_appended(const mmf_store *store, uint64_t row);

/* ---- Preparations ---- */

void one_record(void);
void two_records(void);
void full_file(void); /* one record, and room for no more */

/* ---- Threads of several protocols ---- */

void write_one_row(const void *argument);
void write_two_rows(const void *argument);
void write_scalars_and_records(const void *argument);
void read_row(const void *row);
void read_row_second(const void *row); /* by handle 4 */
void read_row_twice(const void *row);
void read_scalars(const void *argument);

void append_two(const void *argument);
void append_as_signal(const void *argument);
/* Two rows of that version and the next; returns the first one. */
uint64_t append_rows_to(mmf_store *store, uint64_t version);
void read_appended(const void *argument);
void read_capacity(const void *argument);

/* By a shared handle of that number, or by one of its own. */
void read_window(const void *handle_or_null);
void wait_for_signal(const void *handle_or_null);

#endif
