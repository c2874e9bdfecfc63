/*
 * Files of another version of a schema: a handle whose records have the layout of the program's
 * schema, over one that has the file's.
 *
 * The handle that the program gets has a bound of 0 and no writer, so that each of its calls takes
 * the cold path; there its records are converted, field by field. Files of the program's own
 * version never come here.
 */
#ifndef MMF_STORE_ADAPT_H
#define MMF_STORE_ADAPT_H

#include "mmapforge/detail/access.h"
#include "state.h"

/* A field of the program and the file's; theirs is NULL for one that the file lacks. */
typedef struct mmfi_pair {
    const mmf_field *mine;
    const mmf_field *theirs;
    struct mmfi_pairs *inner; /* of two structs, else NULL */
    bool is_same;             /* of a migration: the bytes of a value are the same in both */
} mmfi_pair;

/* The fields of two records, or of two structs, in the program's order. */
typedef struct mmfi_pairs {
    uint32_t count;
    uint32_t mine_validity;
    uint32_t theirs_validity;
    mmfi_pair list[];
} mmfi_pairs;

/* What the cold paths below call for a program's handle; core/store/adapt_write.c. */
typedef struct mmfi_adapter_calls {
    mmf_status (*set_word)(mmf_store *store, uint64_t row, size_t offset, size_t size,
                           uint64_t word);
    /* mmf_store_append_rows and mmf_store_set_row */
    mmf_status (*append_rows)(const mmf_store *store, const unsigned char *records, uint64_t count,
                              size_t size, uint64_t *first);
    mmf_status (*set_row)(const mmf_store *store, uint64_t row, const unsigned char *record,
                          size_t size, const uint32_t *fields, uint32_t count);
} mmfi_adapter_calls;

extern const mmfi_adapter_calls mmfi_adapter_write;

struct mmfi_adapter {
    const mmfi_adapter_calls *calls;
    mmf_schema *schema; /* the program's */
    mmfi_pairs *pairs;
    unsigned char *defaults; /* a record in the program's layout, all fields at their defaults */
    mmf_store *front;        /* the handle of the program */
    mmf_store *real;         /* the one that has the layout of the file */
};

/* The same of a handle whose state is known. */
static inline const mmfi_adapter *mmfi_adapter_in(const mmfi_state *state, const mmf_store *store)
{
    const mmfi_adapter *adapter = state->adapter;
    return MMFI_UNLIKELY(adapter != NULL) && adapter->front == store ? adapter : NULL;
}

/* The adapter of a program's handle; NULL for a handle of the file's own layout, and a closed one.
 */
static inline const mmfi_adapter *mmfi_adapter_of(const mmf_store *store)
{
    const mmfi_state *state = store != NULL ? store->state : NULL;
    return state != NULL ? mmfi_adapter_in(state, store) : NULL;
}

/* The handle that has the layout of the file. */
static inline const mmf_store *mmfi_real(const mmf_store *store)
{
    const mmfi_adapter *adapter = mmfi_adapter_of(store);
    return adapter != NULL ? adapter->real : store;
}

/*
 * core/store/adapter.c. Makes the adapter of a file's schema, which has to live as long, for a
 * program's schema that mmf_schema_adapt has accepted. path is for the message. MMF_ERR_NO_MEMORY;
 * *out is to be freed in any case.
 */
mmf_status mmfi_adapter_new(const char *path, const mmf_schema *file, const mmf_schema *program,
                            const mmfi_adapter_calls *calls, mmfi_adapter **out, mmf_error *error);
void mmfi_adapter_free(mmfi_adapter *adapter);

/* Puts a program's handle over a real one, and returns it; NULL without memory. */
mmf_store *mmfi_adapter_attach(mmfi_adapter *adapter, mmf_store *real);

/*
 * Converts a record of the file, which may be changing meanwhile, into the program's layout. The
 * sequence word stays as it is.
 */
void mmfi_adapt_record(const mmfi_adapter *adapter, const unsigned char *theirs,
                       unsigned char *mine);

/* True unless the field is null in a record or struct at base, whose validity bytes lie there. */
bool mmfi_field_is_valid(const unsigned char *base, uint32_t validity, const mmf_field *field);

void mmfi_field_set_valid(unsigned char *base, uint32_t validity, const mmf_field *field,
                          bool valid);

/* Converts one element of a field; both point at it. */
void mmfi_adapt_element(const mmfi_pair *pair, const unsigned char *theirs, unsigned char *mine);

/*
 * Converts a record of the program into the file's layout. MMF_ERR_TOO_LONG when a value does not
 * fit the file's narrower field, MMF_ERR_SCHEMA when a field that the file lacks has another value
 * than its default.
 */
mmf_status mmfi_adapt_back(const mmfi_adapter *adapter, const unsigned char *mine,
                           unsigned char *theirs);

/* One field of a record or struct of the program, back; defaults are those of the same record. */
mmf_status mmfi_adapt_back_field(const mmfi_pairs *pairs, const mmfi_pair *pair,
                                 const unsigned char *mine, const unsigned char *defaults,
                                 unsigned char *theirs);

/* One element of it. */
mmf_status mmfi_adapt_back_element(const mmfi_pair *pair, const unsigned char *mine,
                                   const unsigned char *defaults, unsigned char *theirs);

/* Where in a record of the file the value at an offset of the program's layout is. */
typedef struct mmfi_adapted {
    const mmfi_pair *pair; /* the field; NULL when there is no value at the offset */
    const mmfi_pairs *pairs;
    uint32_t mine_base;   /* of the record or struct that has the field */
    uint32_t theirs_base; /* the same in the file; of no use when pair->theirs is NULL */
    uint32_t index;       /* of the element */
    bool is_whole;        /* the value is the whole field, not one of its elements */
} mmfi_adapted;

/* The value of size bytes at an offset. */
mmfi_adapted mmfi_adapted_find(const mmfi_adapter *adapter, uint32_t offset, uint32_t size);

#endif
