/* What the accesses of a running thread do: the ways that each has, and what it leaves. */
#include "tests/robustness/model/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static thread_state *self(void)
{
    return &search.now.threads[search.thread];
}

/* ---- Names ---- */

static const char *order_name(model_order order)
{
    static const char *const names[] = {"relaxed", "acquire", "release", "acq_rel", "seq_cst"};
    return names[order];
}

static const char *place_name(const void *address)
{
    static char buffer[32];
    const char *name = search.program->name != NULL ? search.program->name(address) : NULL;
    if (name != NULL)
        return name;
    snprintf(buffer, sizeof buffer, "%p", address);
    return buffer;
}

/* ---- Rules ---- */

/* With every_interleaving a thread takes one step and lets the scheduler choose again. */
static void before_step(void)
{
    if (search.program->every_interleaving && search.stepped)
        longjmp(search.scheduler, OUT_YIELDS);
}

static bool is_constant(const void *address)
{
    return search.program->is_constant != NULL && search.program->is_constant(address);
}

static bool is_own(size_t thread, const void *address)
{
    const model_thread *of = &search.program->threads[thread];
    return of->own != NULL && (uintptr_t)address - (uintptr_t)of->own < of->own_size;
}

static model_location *location_of(const void *address)
{
    for (size_t i = 0; i < search.program->thread_count; i++)
        if ((int)i != search.thread && is_own(i, address))
            model_refuse("the own memory of %s", search.program->threads[i].name);
    if ((uintptr_t)address % 8 != 0)
        model_refuse("an access at %p, which is not aligned", address);
    model_location *location = model_machine_at(&search.now.machine, address);
    if (location == NULL)
        model_refuse("too many locations or messages");
    return location;
}

static void check_order(const void *address, model_order order)
{
    if (order != MODEL_SEQ_CST)
        return;
    if (search.seq_cst != NULL && search.seq_cst != address)
        model_refuse("seq_cst accesses to two locations");
    search.seq_cst = address;
}

/* ---- Loads ---- */

static bool others_may_store(const void *address)
{
    if (is_own((size_t)search.thread, address))
        return false;
    for (size_t i = 0; i < search.program->thread_count; i++)
        if ((int)i != search.thread && !search.now.threads[i].ended &&
            !search.program->threads[i].only_reads)
            return true;
    return false;
}

static unsigned index_of(const model_location *location)
{
    return (unsigned)(location - search.now.machine.locations);
}

static void wait_for(const model_location *location) __attribute__((noreturn));
static void wait_for(const model_location *location)
{
    self()->waiting = true;
    self()->waits_index = (uint8_t)index_of(location);
    self()->waits_count = location->count;
    longjmp(search.scheduler, OUT_WAITS);
}

/* An update must be the only one that follows its message; succeeds says of which values. */
typedef struct update {
    bool always;
    uint64_t expected;
} update;

static bool may_read(const model_location *location, unsigned number, const update *how)
{
    if (how == NULL || !location->taken[number])
        return true;
    return !how->always &&
           model_machine_value(&search.now.machine, location, number) != how->expected;
}

/* The number of the message to be read; does not return when the thread waits. */
static unsigned choose_message(const model_location *location, const update *how)
{
    uint8_t numbers[MODEL_VALUES_MAX];
    unsigned count = 0;
    /* A thread that waited reads what came since; the rest has been tried. */
    const unsigned number_min = self()->waiting ? self()->waits_count : 0;
    for (unsigned place =
             model_machine_place(&search.now.machine, (unsigned)search.thread, location);
         place < location->count; place++) {
        const uint8_t number = location->at[place];
        if (number >= number_min && may_read(location, number, how))
            numbers[count++] = number;
    }
    /* With every interleaving, a thread that is to read a later message is scheduled later. */
    const bool can_wait =
        !search.program->every_interleaving && others_may_store(location->address);
    if (count == 0 && !can_wait)
        longjmp(search.scheduler, OUT_DROPPED);
    const unsigned option = choose(count + (can_wait ? 1 : 0));
    if (option == count)
        wait_for(location);
    return numbers[option];
}

static void say_read(const char *what, const void *address, uint64_t value, model_order order,
                     const model_location *location, unsigned number)
{
    const unsigned place = location->place[number];
    const unsigned later = location->count - 1u - place;
    say("%s %s = %" PRIu64 " (%s)%s", what, place_name(address), value, order_name(order),
        later > 0 ? ", not the latest" : "");
}

uint64_t model_load(const void *address, model_order order)
{
    uint64_t value;
    if (search.thread == MODEL_NO_THREAD) {
        memcpy(&value, address, sizeof value);
        return value;
    }
    if (is_constant(address)) {
        memcpy(&value, address, sizeof value);
        return value;
    }
    if (was_done(EVENT_LOAD, address, &value))
        return value;
    before_step();
    check_order(address, order);
    model_location *location = location_of(address);
    const unsigned number = choose_message(location, NULL);
    value = model_machine_value(&search.now.machine, location, number);
    say_read("load", address, value, order, location, number);
    model_machine_read(&search.now.machine, (unsigned)search.thread, location, number, order);
    done(EVENT_LOAD, address, value);
    return value;
}

/* ---- Stores ---- */

static void count_store(const void *address)
{
    const model_thread *thread = &search.program->threads[search.thread];
    if (thread->only_reads && !is_own((size_t)search.thread, address))
        model_refuse("thread %s was promised not to store", thread->name);
    if (!search.dying && search.stores++ == thread->kill_at) {
        say("killed");
        search.result->killed |= UINT32_C(1) << search.thread;
        longjmp(search.scheduler, OUT_KILLED);
    }
}

static void need_room(const model_location *location)
{
    if (!model_machine_has_room(&search.now.machine, location))
        model_refuse("too many values of one location, or messages");
}

void model_store(void *address, uint64_t value, model_order order)
{
    uint64_t nothing;
    if (search.thread == MODEL_NO_THREAD) {
        memcpy(address, &value, sizeof value);
        return;
    }
    if (is_constant(address)) {
        if (memcmp(address, &value, sizeof value) != 0)
            model_refuse("a store to a constant word");
        return;
    }
    if (search.next_event == self()->event_count)
        before_step();
    count_store(address);
    if (was_done(EVENT_STORE, address, &nothing))
        return;
    check_order(address, order);
    model_location *location = location_of(address);
    need_room(location);
    unsigned places[MODEL_VALUES_MAX];
    unsigned count = 0;
    const unsigned first =
        model_machine_place(&search.now.machine, (unsigned)search.thread, location);
    for (unsigned place = first + 1; place <= location->count; place++)
        if (!location->taken[location->at[place - 1]])
            places[count++] = place;
    if (count == 0)
        longjmp(search.scheduler, OUT_DROPPED);
    const unsigned place = places[choose(count)];
    say("store %s = %" PRIu64 " (%s)%s", place_name(address), value, order_name(order),
        place < location->count ? ", before others" : "");
    model_machine_write(&search.now.machine, (unsigned)search.thread, location, place, value,
                        order);
    done(EVENT_STORE, address, 0);
}

/* ---- Updates ---- */

static uint64_t update_memory(void *address, const update *how, uint64_t operand, bool adds)
{
    uint64_t value;
    memcpy(&value, address, sizeof value);
    const uint64_t next = adds ? value + operand : operand;
    if (how->always || value == how->expected)
        memcpy(address, &next, sizeof next);
    return value;
}

static uint64_t update_value(void *address, const update *how, uint64_t operand, bool adds,
                             model_order order)
{
    uint64_t value;
    if (search.thread == MODEL_NO_THREAD)
        return update_memory(address, how, operand, adds);
    if (search.next_event == self()->event_count)
        before_step();
    count_store(address);
    if (was_done(EVENT_UPDATE, address, &value))
        return value;
    check_order(address, order);
    model_location *location = location_of(address);
    need_room(location);
    const unsigned number = choose_message(location, how);
    value = model_machine_value(&search.now.machine, location, number);
    if (how->always || value == how->expected) {
        say_read("update", address, value, order, location, number);
        model_machine_update(&search.now.machine, (unsigned)search.thread, location, number,
                             adds ? value + operand : operand, order);
    } else {
        say_read("failed update", address, value, MODEL_RELAXED, location, number);
        model_machine_read(&search.now.machine, (unsigned)search.thread, location, number,
                           MODEL_RELAXED);
    }
    done(EVENT_UPDATE, address, value);
    return value;
}

bool model_compare_exchange(void *address, uint64_t *expected, uint64_t desired, model_order order)
{
    const update how = {false, *expected};
    const uint64_t found = update_value(address, &how, desired, false, order);
    const bool succeeded = found == *expected;
    *expected = found;
    return succeeded;
}

uint64_t model_fetch_add(void *address, uint64_t value, model_order order)
{
    const update how = {true, 0};
    return update_value(address, &how, value, true, order);
}

void model_fence(model_order order)
{
    uint64_t nothing;
    if (search.thread == MODEL_NO_THREAD || order == MODEL_RELAXED)
        return;
    if (was_done(EVENT_FENCE, NULL, &nothing))
        return;
    before_step();
    if (order == MODEL_SEQ_CST)
        model_refuse("a seq_cst fence");
    say("fence (%s)", order_name(order));
    model_machine_fence(&search.now.machine, (unsigned)search.thread, order);
    done(EVENT_FENCE, NULL, 0);
}
