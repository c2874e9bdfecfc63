/* The search: choices with copies of the machine to go back to, and threads run again by a log. */
#include "tests/model/explore.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX         600u /* of one thread */
#define CHOICES_MAX        2000u
#define EXECUTIONS_DEFAULT UINT64_C(300000000)

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

typedef struct choice {
    unsigned option;
    unsigned options;
    int thread;
    execution before;
} choice;

typedef enum way_out {
    OUT_ENDED = 1, /* the thread is at its end, or dead */
    OUT_WAITS,
    OUT_YIELDS,  /* only with every_interleaving */
    OUT_DROPPED, /* this way leads nowhere */
    OUT_STOPPED, /* wrong, or refused */
} way_out;

static struct {
    const model_program *program;
    model_result *result;
    execution now;
    /* What each thread did is a log beside .now: whoever goes back only cuts it. */
    event logs[MODEL_THREADS_MAX][EVENTS_MAX];
    choice *choices[CHOICES_MAX];
    size_t choice_count;
    int forced; /* the option of a choice that was gone back to; -1 */
    int thread; /* the one that runs; MODEL_NO_THREAD outside a run */
    unsigned next_event;
    uint32_t stores;
    bool stepped;         /* with every_interleaving: one step is done */
    const void *seq_cst;  /* the one location of seq_cst accesses */
    const unsigned *path; /* while the steps are told: the options taken */
    size_t path_count;
    size_t path_next;
    size_t steps_used;
    jmp_buf scheduler;
} search = {.thread = MODEL_NO_THREAD, .forced = -1};

/* ---- Reports ---- */

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

/* One step, when the steps are being told. */
static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    if (search.path == NULL)
        return;
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const size_t room = MODEL_STEPS_SIZE - search.steps_used;
    const int length = snprintf(search.result->steps + search.steps_used, room, "%-10s %s\n",
                                search.program->threads[search.thread].name, text);
    search.steps_used += length > 0 && (size_t)length < room ? (size_t)length : room - 1;
}

static void stop(model_verdict verdict, const char *what, va_list arguments)
{
    vsnprintf(search.result->what, MODEL_WHAT_SIZE, what, arguments);
    search.result->verdict = verdict;
}

void model_refuse(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    if (search.thread == MODEL_NO_THREAD) {
        vfprintf(stderr, what, arguments);
        abort();
    }
    stop(MODEL_REFUSED, what, arguments);
    va_end(arguments);
    longjmp(search.scheduler, OUT_STOPPED);
}

void model_check(bool ok, const char *what, ...)
{
    if (ok)
        return;
    va_list arguments;
    va_start(arguments, what);
    stop(MODEL_WRONG, what, arguments);
    va_end(arguments);
    longjmp(search.scheduler, OUT_STOPPED);
}

/* ---- Choices ---- */

/* A thread depends on more than its accesses: nothing that was found can be believed. */
static void lost(void) __attribute__((noreturn));
static void lost(void)
{
    fprintf(stderr, "model: a thread did otherwise when it was run again\n");
    abort();
}

static void execution_copy(execution *to, const execution *from)
{
    memcpy(to->threads, from->threads, sizeof to->threads);
    memcpy(to->observed, from->observed, sizeof to->observed);
    model_machine_copy(&to->machine, &from->machine);
}

static unsigned choose(unsigned options)
{
    if (options == 1)
        return 0;
    if (search.path != NULL) {
        if (search.path_next == CHOICES_MAX)
            model_refuse("more than %u choices in one execution", CHOICES_MAX);
        if (search.path_next == search.path_count)
            lost();
        return search.path[search.path_next++];
    }
    if (search.forced >= 0) {
        const unsigned option = (unsigned)search.forced;
        search.forced = -1;
        return option;
    }
    if (search.choice_count == CHOICES_MAX)
        model_refuse("more than %u choices in one execution", CHOICES_MAX);
    choice **slot = &search.choices[search.choice_count];
    if (*slot == NULL)
        *slot = malloc(sizeof **slot);
    if (*slot == NULL)
        abort();
    (*slot)->option = 0;
    (*slot)->options = options;
    (*slot)->thread = search.thread;
    execution_copy(&(*slot)->before, &search.now);
    search.choice_count++;
    return 0;
}

/* ---- Events ---- */

static thread_state *self(void)
{
    return &search.now.threads[search.thread];
}

/* True when the thread is being brought to where it was; *value is what the event returned. */
static bool was_done(event_kind kind, const void *address, uint64_t *value)
{
    if (search.next_event == self()->event_count)
        return false;
    const event *past = &search.logs[search.thread][search.next_event++];
    if (past->kind != kind || past->address != address)
        lost();
    *value = past->value;
    return true;
}

static void done(event_kind kind, const void *address, uint64_t value)
{
    if (self()->event_count == EVENTS_MAX)
        model_refuse("a thread of more than %u events", EVENTS_MAX);
    event *new_event = &search.logs[search.thread][self()->event_count++];
    new_event->kind = kind;
    new_event->address = address;
    new_event->value = value;
    search.next_event++;
    self()->waiting = false;
    search.stepped = true;
}

/* With every_interleaving a thread takes one step and lets the scheduler choose again. */
static void before_step(void)
{
    if (search.program->every_interleaving && search.stepped)
        longjmp(search.scheduler, OUT_YIELDS);
}

static model_location *location_of(const void *address)
{
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

static bool others_may_store(void)
{
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
    /* With every interleaving, whoever is to read a later message is scheduled later. */
    const bool can_wait = !search.program->every_interleaving && others_may_store();
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
    const unsigned behind = location->count - 1u - place;
    say("%s %s = %" PRIu64 " (%s)%s", what, place_name(address), value, order_name(order),
        behind > 0 ? ", not the latest" : "");
}

uint64_t model_load(const void *address, model_order order)
{
    uint64_t value;
    if (search.thread == MODEL_NO_THREAD) {
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

static void count_store(void)
{
    const model_thread *thread = &search.program->threads[search.thread];
    if (thread->only_reads)
        model_refuse("thread %s was promised not to store", thread->name);
    if (search.stores++ == thread->kill_at) {
        say("killed");
        longjmp(search.scheduler, OUT_ENDED);
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
    if (search.next_event == self()->event_count)
        before_step();
    count_store();
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

static uint64_t update_value(void *address, const update *how, uint64_t operand, bool adds,
                             model_order order)
{
    uint64_t value;
    if (search.next_event == self()->event_count)
        before_step();
    count_store();
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
    if (search.thread == MODEL_NO_THREAD)
        model_refuse("an update outside a run");
    const update how = {false, *expected};
    const uint64_t found = update_value(address, &how, desired, false, order);
    const bool succeeded = found == *expected;
    *expected = found;
    return succeeded;
}

uint64_t model_fetch_add(void *address, uint64_t value, model_order order)
{
    if (search.thread == MODEL_NO_THREAD)
        model_refuse("an update outside a run");
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

/* ---- What threads may do besides ---- */

void model_give_up(void)
{
    say("would try again");
    longjmp(search.scheduler, OUT_ENDED);
}

unsigned model_choose(unsigned count)
{
    uint64_t value;
    if (was_done(EVENT_CHOICE, NULL, &value))
        return (unsigned)value;
    value = choose(count);
    say("choice %" PRIu64 " of %u", value, count);
    done(EVENT_CHOICE, NULL, value);
    return (unsigned)value;
}

void model_observe(unsigned slot, uint64_t value)
{
    search.now.observed[slot] = value;
}

uint32_t model_stores(void)
{
    return search.stores;
}

uint64_t model_final(const void *address)
{
    const model_location *location = model_machine_at(&search.now.machine, address);
    if (location == NULL)
        model_refuse("too many locations");
    return model_machine_value(&search.now.machine, location, location->at[location->count - 1]);
}

/* ---- The scheduler ---- */

static bool may_run(size_t i)
{
    const thread_state *thread = &search.now.threads[i];
    const int after = search.program->threads[i].after;
    if (thread->ended)
        return false;
    if (!thread->started)
        return after == MODEL_NO_THREAD || search.now.threads[after].ended;
    return !thread->waiting ||
           search.now.machine.locations[thread->waits_index].count > thread->waits_count;
}

/* The next thread, or MODEL_NO_THREAD. */
static int pick(void)
{
    int ready[MODEL_THREADS_MAX];
    unsigned count = 0;
    for (size_t i = 0; i < search.program->thread_count; i++)
        if (may_run(i))
            ready[count++] = (int)i;
    if (count == 0)
        return MODEL_NO_THREAD;
    if (!search.program->every_interleaving)
        return ready[0];
    /* -2 tells a choice between threads from one of a thread. */
    search.thread = -2;
    const int chosen = ready[choose(count)];
    search.thread = MODEL_NO_THREAD;
    return chosen;
}

static way_out run_thread(int i)
{
    const model_thread *thread = &search.program->threads[i];
    thread_state *state = &search.now.threads[i];
    if (!state->started) {
        state->started = true;
        if (thread->after != MODEL_NO_THREAD)
            model_machine_follow(&search.now.machine, (unsigned)i, (unsigned)thread->after);
    }
    search.thread = i;
    search.next_event = 0;
    search.stores = 0;
    search.stepped = false;
    const int out = setjmp(search.scheduler);
    if (out == 0)
        thread->run(thread->argument);
    search.thread = MODEL_NO_THREAD;
    if (out == 0 || out == OUT_ENDED)
        search.now.threads[i].ended = true;
    return out == 0 ? OUT_ENDED : (way_out)out;
}

/* From .now to the end of one execution. False when the search must stop. */
static bool run_to_end(int first)
{
    for (int i = first != MODEL_NO_THREAD ? first : pick(); i != MODEL_NO_THREAD; i = pick()) {
        const way_out out = run_thread(i);
        if (out == OUT_STOPPED)
            return false;
        if (out == OUT_DROPPED) {
            search.result->dropped++;
            return true;
        }
    }
    for (size_t i = 0; i < search.program->thread_count; i++)
        if (!search.now.threads[i].ended) {
            search.result->dropped++;
            return true;
        }
    search.result->executions++;
    if (search.program->end != NULL)
        search.program->end(search.now.observed, search.program->context);
    return true;
}

/* Goes back to the last choice that has an option left; false when there is none. */
static bool go_back(int *thread)
{
    while (search.choice_count > 0) {
        choice *last = search.choices[search.choice_count - 1];
        if (++last->option < last->options) {
            execution_copy(&search.now, &last->before);
            search.forced = (int)last->option;
            *thread = last->thread >= 0 ? last->thread : MODEL_NO_THREAD;
            return true;
        }
        search.choice_count--;
    }
    return false;
}

static void start_execution(void)
{
    memset(search.now.threads, 0, sizeof search.now.threads);
    memset(search.now.observed, 0, sizeof search.now.observed);
    memset(&search.now.machine, 0, offsetof(model_machine, locations));
    search.seq_cst = NULL;
}

/* The execution that went wrong once more, with every step told. */
static void tell(void)
{
    unsigned path[CHOICES_MAX];
    for (size_t i = 0; i < search.choice_count; i++)
        path[i] = search.choices[i]->option;
    search.path = path;
    search.path_count = search.choice_count;
    search.path_next = 0;
    search.steps_used = 0;
    search.forced = -1;
    start_execution();
    (void)run_to_end(MODEL_NO_THREAD);
    search.path = NULL;
}

void model_explore(const model_program *program, model_result *out)
{
    out->verdict = MODEL_RIGHT;
    out->executions = 0;
    out->dropped = 0;
    out->what[0] = '\0';
    out->steps[0] = '\0';
    search.program = program;
    search.result = out;
    search.choice_count = 0;
    search.forced = -1;
    const uint64_t max =
        program->executions_max != 0 ? program->executions_max : EXECUTIONS_DEFAULT;
    int thread = MODEL_NO_THREAD;
    start_execution();
    do {
        if (!run_to_end(thread)) {
            tell();
            return;
        }
        if (out->executions + out->dropped > max) {
            out->verdict = MODEL_REFUSED;
            snprintf(out->what, sizeof out->what, "more than %" PRIu64 " executions", max);
            return;
        }
    } while (go_back(&thread));
}
